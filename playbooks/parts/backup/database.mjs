// All databases as text, consistent over all engines, and back again.
import { raw, sh } from 'runsheet'
import { template } from 'runsheet/resources'

/** @typedef {import('./manifest.mjs').Manifest} Manifest */

const url = new URL('../../templates/database-dump', import.meta.url)
const FUNCTIONS = raw(template(url, {}).reveal())

/**
 * Writes `database.sql.gz` and `database.facts` to a folder.
 *
 * @param {string} folder
 */
export function saveDatabases(folder) {
  return sh`
    ${FUNCTIONS}
    databases=$(all_databases) || exit 1
    save_databases ${folder}`
}

/**
 * The databases are those of the backup: their dump is the same text.
 *
 * @param {Manifest} manifest
 */
export function databasesAre({ databases, content }) {
  return sh`
    ${FUNCTIONS}
    databases=${databases.join('\n')}
    mariadb -e 'SELECT 1' || { echo 'the database does not answer' >&2; exit 75; }
    [ "$(sum_databases)" = ${content.database ?? ''} ]`
}

/**
 * Accounts of the network write through the address from where nobody has stopped them. It binds sessions that are there, too,
 * and not root, by whom all is loaded. Who has begun a change cannot commit it any more, and must not be waited for.
 */
export const NO_WRITES = sh`
  mariadb -e 'SET SESSION lock_wait_timeout = 60; SET GLOBAL read_only = 1' || {
    echo 'the databases do not become read-only, so nothing is replaced; see SHOW PROCESSLIST for who holds a lock,' >&2
    echo 'then run this again: until then the application stays stopped' >&2
    exit 1
  }
  mariadb -N -e "SELECT CONCAT('KILL ', id, ';') FROM information_schema.processlist WHERE id <> CONNECTION_ID()
    AND user NOT IN ('system user', 'event_scheduler') AND command NOT LIKE 'Binlog Dump%'" |
    mariadb --force >/dev/null 2>&1 || :`

/** A server that replicates took writes before, too, or it would not have had the service. */
export const WRITES = sh`mariadb -e 'SET GLOBAL read_only = 0'`

/**
 * Whatever else is in them goes. A replica gets it all like any other change.
 *
 * @param {Manifest} manifest
 * @param {string} file
 */
export function loadDatabases({ databases }, file) {
  const drop = databases.map((name) => `DROP DATABASE IF EXISTS \`${name.replaceAll('`', '``')}\`;`).join(' ')
  return sh`
    gzip -t ${file}
    mariadb -e ${drop}
    gzip -dc ${file} | mariadb --binary-mode --default-character-set=utf8mb4`
}

/**
 * One line for each database of the backup that is there and holds anything: its name, a tab, and how much is in it. The client
 * itself writes a tab of a name as `\t`, so that there is one.
 *
 * @param {Manifest} manifest
 */
export function databasesHere({ databases }) {
  const names = databases.map((name) => `'${name.replaceAll("'", "''")}'`).join(', ')
  const counts = /** @type {const} */ ([
    ['tables', 'table_schema'],
    ['routines', 'routine_schema'],
    ['events', 'event_schema'],
  ]).map(
    ([kind, schema]) => `(SELECT COUNT(*) FROM information_schema.${kind} WHERE ${schema} = schema_name)`,
  )
  return sh`
    mariadb -N -e ${`SELECT name, CONCAT(things, ' tables, routines and events')
      FROM (SELECT schema_name AS name, ${counts.join(' + ')} AS things
        FROM information_schema.schemata WHERE schema_name IN (${names})) AS found
      WHERE things > 0 ORDER BY 1`}`
}
