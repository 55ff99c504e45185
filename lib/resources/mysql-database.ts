import { defineResource } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { problemsOf } from './checks.ts'
import { ask, identifier, isName, loginProblems, type MysqlLogin, statement, string } from './mysql-client.ts'
import { asked, eachLine, fail } from './snippets.ts'

/**
 * A database of MariaDB or MySQL. One that holds anything is never dropped: that is for people to do.
 *
 * @example mysqlDatabase({ name: 'app', charset: 'utf8mb4', collation: 'utf8mb4_unicode_ci' })
 */
export interface MysqlDatabase {
  /** Up to 64 characters. */
  name: string
  /** The default of new tables; those that are there keep their own. `utf8` is `utf8mb3`, as servers now say. */
  charset?: string
  /** One of the charset; without it, setting a charset sets that one's default collation. */
  collation?: string
  /** There shall be no such database. */
  absent?: true
  /** How to reach the server; by default as root by its socket. */
  login?: MysqlLogin
}

/** @see MysqlDatabase */
export const mysqlDatabase = defineResource<MysqlDatabase>({
  kind: 'mysql-database',
  id: ({ name }) => name,
  problems: ({ name, charset, collation, absent, login }) => [
    ...problemsOf(
      [isName(name), `no database can be called ${JSON.stringify(name)}`],
      [/^\w+$/.test(charset ?? 'x'), `no charset: ${charset}`],
      [/^\w+$/.test(collation ?? 'x'), `no collation: ${collation}`],
      [!absent || (charset ?? collation) === undefined, 'an absent database has no charset'],
    ),
    ...loginProblems(login),
  ],
  probe: (want) => sh`
    ${readDatabase(want)}
    echo "database $database"
    if [ $database = present ]; then
      ${want.charset === undefined ? sh`:` : sh`echo "charset $charset"`}
      ${want.collation === undefined ? sh`:` : sh`echo "collation $collation"`}
    fi
  `,
  expect: ({ charset, collation, absent }) => ({
    database: absent ? 'absent' : 'present',
    ...asked({ charset: charset && full(charset), collation: collation && full(collation) }),
  }),
  apply: (want) => sh`
    ${readDatabase(want)}
    ${want.absent ? drop(want) : make(want)}
  `,
})

/** Sets `database`, `charset` and `collation`; a name that differs in its case is another one. */
function readDatabase({ name, login }: MysqlDatabase): Shell {
  return sh`
    ${ask(login, statement`SELECT 'found', DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE BINARY SCHEMA_NAME = ${string(name)}`)}
    database=absent charset= collation=
    ${eachLine(
      sh`$said`,
      sh`[ "$1 $2" != "found $2" ] || [ "$2" = DEFAULT_CHARACTER_SET_NAME ] || database=present charset=$2 collation=$3`,
    )}
    case $charset in utf8) charset=utf8mb3 ;; esac
    case $collation in utf8_*) collation=utf8mb3_\${collation#utf8_} ;; esac
  `
}

function make({ name, charset, collation, login }: MysqlDatabase): Shell {
  const clauses = [
    ...(charset === undefined ? [] : [` CHARACTER SET ${charset}`]),
    ...(collation === undefined ? [] : [` COLLATE ${collation}`]),
  ].join('')
  return sh`
    if [ $database = absent ]; then
      ${ask(login, statement`CREATE DATABASE ${identifier(name)}${clauses}`)}
    else
      ${clauses === '' ? sh`:` : ask(login, statement`ALTER DATABASE ${identifier(name)}${clauses}`)}
    fi
  `
}

/** Whatever of its own a database can hold. */
const CONTENT = { TABLES: 'TABLE_SCHEMA', ROUTINES: 'ROUTINE_SCHEMA', EVENTS: 'EVENT_SCHEMA' }

function drop({ name, login }: MysqlDatabase): Shell {
  const counts = Object.entries(CONTENT).map(
    ([table, column]) =>
      `(SELECT COUNT(*) FROM information_schema.${table} WHERE BINARY ${column} = ${string(name)})`,
  )
  return sh`
    if [ $database = present ]; then
      ${ask(login, statement`SELECT CONCAT('objects:', ${counts.join(' + ')})`)}
      objects=\${said##*objects:}
      [ "$objects" = 0 ] || ${fail('the database ', name, ' holds ', sh`"$objects"`, ' tables or programs: drop it by hand')}
      ${ask(login, statement`DROP DATABASE ${identifier(name)}`)}
    fi
  `
}

/** As MySQL 8.0.30 and MariaDB 10.6 call what older ones call `utf8`. */
function full(name: string): string {
  return name.replace(/^utf8(_|$)/, 'utf8mb3$1')
}
