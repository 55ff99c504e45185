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
