import { CANNOT_TELL, defineResource } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { toText, writeText } from '../shell/text.ts'
import { isLine, isPath, problemsOf } from './checks.ts'
import { ask, loginProblems, type MysqlLogin, printed, statement, string } from './mysql-client.ts'
import { asked, fail, readSmall, replaceFile } from './snippets.ts'

/**
 * A global variable of MariaDB or MySQL, now and after a restart. Sessions that are open keep their own.
 *
 * @example mysqlVariable({ name: 'max_connections', value: 400, file: '/etc/mysql/conf.d/90-connections.cnf' })
 */
export interface MysqlVariable {
  /** With underscores. */
  name: string
  /** As `SHOW GLOBAL VARIABLES` prints it: bytes and no `1G`. A boolean is ON or OFF. */
  value: string | number | boolean
  /** With false the running server is not asked: for what takes a restart, and where it may be down. */
  live?: boolean
  /**
   * An option file for this variable alone, in a directory that the server reads: it keeps the value across a
   * restart. On MySQL 8 what SET PERSIST has written to mysqld-auto.cnf outdoes it.
   */
  file?: string
  /** How to reach the server; by default as root by its socket. */
  login?: MysqlLogin
}

/** @see MysqlVariable */
export const mysqlVariable = defineResource<MysqlVariable>({
  kind: 'mysql-variable',
  id: ({ name }) => name,
  problems: (want) => [
    ...problemsOf(
      [/^[a-z][a-z0-9_.]*$/.test(want.name), `no variable of a server: ${want.name}`],
      [spelled(want) === '' || isLine(spelled(want)), `the value of ${want.name} is one line`],
      [want.live !== false || want.file !== undefined, `nothing is asked of ${want.name}`],
      [isPath(want.file ?? '/x.cnf'), `the path of an option file is absolute: ${want.file}`],
      [(want.file ?? '/x.cnf').endsWith('.cnf'), `servers read what ends in .cnf: ${want.file}`],
    ),
    ...loginProblems(want.login),
  ],
  probe: (want) => sh`
    ${want.live === false ? sh`:` : printLive(want)}
    ${want.file === undefined ? sh`:` : printPersistent(want, want.file)}
  `,
  expect: (want) =>
    asked({
      live: want.live === false ? undefined : printed(spelled(want)),
      persistent: want.file === undefined ? undefined : true,
    }),
  // The server judges the value before it is kept for the next start.
  apply: (want) => sh`
    ${want.live === false ? sh`:` : ask(want.login, statement`SET GLOBAL ${want.name} = ${literal(want)}`)}
    ${want.file === undefined ? sh`:` : persist(want, want.file)}
  `,
})

function spelled({ value }: MysqlVariable): string {
  if (typeof value === 'boolean') return value ? 'ON' : 'OFF'
  return String(value)
}

/** A number in quotes is refused by the server (error 1232). */
function literal(want: MysqlVariable): string {
  const value = spelled(want)
  return /^-?\d+([.]\d+)?$/.test(value) ? value : string(value)
}

function printLive(want: MysqlVariable): Shell {
  const start = `\n${want.name}\t`
  return sh`
    ${ask(want.login, statement`SHOW GLOBAL VARIABLES WHERE Variable_name = ${string(want.name)}`)}
    case $said in
    *${start}*) printf 'live %s\\n' "\${said#*${start}}" ;;
    *) echo ${`the server has no variable ${want.name} yet`} >&2; exit ${CANNOT_TELL} ;;
    esac
  `
}

function printPersistent(want: MysqlVariable, path: string): Shell {
  return sh`
    ${readSmall(path, 'kept')}
    if [ "$kept" = ${content(want)} ]; then echo persistent yes; else echo persistent no; fi
  `
}

/** A file that the server does not read would keep nothing: my_print_defaults(1) tells what it does read. */
function persist(want: MysqlVariable, path: string): Shell {
  return sh`
    ${replaceFile(path, writeText(toText(content(want)), '"$tmp"'))}
    if command -v my_print_defaults > /dev/null; then
      case "
    $(my_print_defaults --mysqld)
    " in
      *${`\n--${want.name}=${spelled(want)}\n`}*) ;;
      *) ${fail(path, ' is written, but the server does not read it, or reads another value after it')} ;;
      esac
    fi
  `
}

function content(want: MysqlVariable): string {
  return `[mysqld]\n${want.name} = "${spelled(want).replaceAll('\\', '\\\\')}"\n`
}
