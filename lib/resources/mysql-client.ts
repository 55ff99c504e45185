import { CANNOT_TELL } from '../resource/contract.ts'
import type { Secret } from '../secret.ts'
import { lines, type Shell, sh } from '../shell/sh.ts'
import { text } from '../shell/text.ts'
import { isLine, isPath, problemsOf } from './checks.ts'

/** How the client of MariaDB or MySQL reaches the server; what is left out is as its option files say. */
export interface MysqlLogin {
  /** The path of the server's socket. */
  socket?: string
  /** By default the name of the user that we run as, root, whom the server knows by the socket. */
  user?: string
  /** One line. Without it that of the option files, such as `/root/.my.cnf`, or none. */
  password?: Secret
}

/** What is wrong with a login. */
export function loginProblems({ socket = '/x', user = 'x', password }: MysqlLogin = {}): string[] {
  return problemsOf(
    [isPath(socket), `the path of a socket is absolute: ${socket}`],
    [isLine(user) && !user.startsWith('-'), `no user of a database: ${user}`],
    [password === undefined || isLine(password.reveal()), 'the password of a login is one line'],
  )
}

/**
 * Sends statements and sets `said` to the answer: one line a row, with tabs, newlines and backslashes escaped.
 * A server that is down, as on a standby node it may be, is a state that cannot be told; what else fails ends
 * the shell with the server's words.
 *
 * @param statements a shell word; statements have a semicolon between them
 * @param fine more patterns of `case`, for errors that are an answer
 */
export function ask(login: MysqlLogin | undefined, statements: Shell, fine = sh``): Shell {
  const client = sh`emit "$sql" | "$client" ${options(login)} 2>&1${login?.password ? sh` 3<&3` : sh``}`
  return sh`
    ${EMIT}
    client=mariadb
    command -v mariadb > /dev/null || client=mysql
    if ! command -v "$client" > /dev/null; then
      echo 'neither mariadb nor mysql is installed' >&2
      exit ${CANNOT_TELL}
    fi
    sql=${SESSION}${statements}
    ${escapePassword(login?.password)}
    code=0
    said=$(${login?.password ? feedLogin(client) : client}) || code=$?
    case "$code $said" in
    "0 "*) ;;
    *"ERROR 2002 "* | *"ERROR 2003 "*) printf '%s\\n' "$said" >&2; exit ${CANNOT_TELL} ;;
    ${fine}
    *) printf '%s\\n' "$said" >&2; exit 1 ;;
    esac
  `
}

/**
 * With NO_BACKSLASH_ESCAPES a quote is all that a string can stumble over. Names are UTF-8; utf8mb4 is known
 * from MySQL 5.5.3 on, and the comment that says so is read by MariaDB, too.
 */
const SESSION = "SET NAMES utf8 /*!50503 , NAMES utf8mb4 */, SESSION sql_mode = 'NO_BACKSLASH_ESCAPES';\n"

/** The file of the login must come first; it is a pipe, so that no password is ever on a disk. */
function options({ socket, user, password }: MysqlLogin = {}): Shell {
  return sh`${[
    ...(password ? ['--defaults-extra-file=/dev/fd/3'] : []),
    ...(socket === undefined ? [] : ['--protocol=socket', `--socket=${socket}`]),
    ...(user === undefined ? [] : [`--user=${user}`]),
    ...['--batch', '--connect-timeout=10'],
  ]}`
}

/** A here-document would do, but bash and mksh write one to a file; the builtins that print do not fork. */
const EMIT = sh`
  case \${KSH_VERSION:-} in
  '') emit() { printf '%s\\n' "$1"; } ;;
  *) emit() { print -r -- "$1"; } ;;
  esac
`

/** mksh keeps a descriptor above 2 to itself unless the command names it, as the client does with `3<&3`. */
function feedLogin(client: Shell): Shell {
  return sh`
    emit "[client]
    password=\\"$escaped\\"" | { exec 3<&0; ${client}; }`
}

/** In an option file a backslash stands for itself when there are two. */
function escapePassword(password: Secret | undefined): Shell {
  if (password === undefined) return sh`:`
  return sh`
    rest=${password} escaped=
    while :; do
      case $rest in
      *\\\\*) escaped=$escaped\${rest%%\\\\*}\\\\\\\\ rest=\${rest#*\\\\} ;;
      *) escaped=$escaped$rest; break ;;
      esac
    done
  `
}

/** A string of SQL, where NO_BACKSLASH_ESCAPES is set. */
export function string(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}

/** A name of SQL. */
export function identifier(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

/** Statements as one shell word; a secret must be such that no quote is in it. */
export function statement(...args: Parameters<typeof text>): Shell {
  return lines(
    text(...args).parts.map((part) => sh`${part}`),
    '',
  )
}

/** The account as SQL names it. */
export function account({ user, host = 'localhost' }: MysqlAccount): string {
  return `${string(user)}@${string(host)}`
}

/** Who may log in, and from where. */
export interface MysqlAccount {
  /** Up to 80 characters, 32 on MySQL 8, 16 before 5.7.8. */
  user: string
  /** A name, an address or a pattern with `%`; by default `localhost`, which is the socket, too. */
  host?: string
}

/** What is wrong with the names of an account; how long a name may be differs, and the server knows. */
export function accountProblems({ user, host = 'x' }: MysqlAccount): string[] {
  return problemsOf(
    [isName(user, 80), `no user of a database: ${JSON.stringify(user)}`],
    [isName(host, 255), `no host of a user of a database: ${JSON.stringify(host)}`],
  )
}

/**
 * A name of up to so many characters, 64 for all but accounts. The client takes a carriage return for a part of a
 * line's end, and a server takes no blank at the end of a name.
 */
export function isName(name: string, longest = 64): boolean {
  return name !== '' && [...name].length <= longest && !/[\0\r]|\s$/.test(name)
}

/** A name or a value as the client prints it. */
export function printed(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t')
}
