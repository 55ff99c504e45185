import { defineResource } from '../resource/contract.ts'
import type { Secret } from '../secret.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { problemsOf } from './checks.ts'
import {
  account,
  accountProblems,
  ask,
  loginProblems,
  type MysqlAccount,
  type MysqlLogin,
  statement,
  string,
} from './mysql-client.ts'
import { hashesOf } from './mysql-password.ts'
import { asked, eachLine, fail } from './snippets.ts'

/**
 * An account of MariaDB (5.5 to 11) or MySQL (5.1 to 8.4). A password is compared and set by its hash: it is
 * never sent to the server, which keeps it out of the server's logs, and no login as that user is tried. Of MySQL 8
 * on a new hash is one of caching_sha2_password, everywhere else of mysql_native_password; one of either kind that
 * is right already stays. A runbook asks for the password and makes the hash of mysql_native_password from it; an
 * account of MySQL 8 takes the playbook.
 *
 * @example mysqlUser({ user: 'app', host: '192.168.1.%', password: key })
 */
export interface MysqlUser extends MysqlAccount {
  /** The account logs in with this password… */
  password?: Secret
  /** …or without one, as the user of the system that has its name: unix_socket of MariaDB, auth_socket of MySQL. */
  auth?: 'socket'
  /** There shall be no such account. */
  absent?: true
  /** How to reach the server; by default as root by its socket. */
  login?: MysqlLogin
}

/** @see MysqlUser */
export const mysqlUser = defineResource<MysqlUser>({
  kind: 'mysql-user',
  id: ({ user, host = 'localhost' }) => `${user}@${host}`,
  problems: (want) => [
    ...accountProblems(want),
    ...problemsOf(
      [isComplete(want), 'an account has a password or auth: socket, and an absent one neither'],
      [want.password?.reveal() !== '', 'the password is empty'],
    ),
    ...loginProblems(want.login),
  ],
  probe: (want) => sh`
    ${readAccount(want)}
    echo "user $user"
    if [ $user = present ]; then
      ${want.password ? sh`echo "password $password"` : sh`:`}
      ${want.auth ? sh`echo "auth $auth"` : sh`:`}
    fi
  `,
  expect: ({ absent, auth, password }) => ({
    user: absent ? 'absent' : 'present',
    ...asked({ password: password && 'as wanted', auth }),
  }),
  apply: (want) =>
    want.absent
      ? sh`
        ${readAccount(want)}
        if [ $user = present ]; then
          ${ask(want.login, statement`DROP USER ${account(want)}`)}
        fi
      `
      : sh`
        ${readAccount(want)}
        ${CHOOSE_DIALECT}
        verb=ALTER
        [ $user = present ] || verb=CREATE
        case $dialect in
        ${Object.entries(dialects(want)).map(([name, make]) => sh`${name}) ${make} ;;\n`)}
        esac
        ${ask(want.login, sh`"$statement"`)}
      `,
})

function isComplete({ password, auth, absent }: MysqlUser): boolean {
  return [password, auth, absent].filter((field) => field !== undefined).length === 1
}

/**
 * Sets `user`, `version`, `auth` and `password`. The names of the columns differ from version to version, so
 * all of them are asked for and picked here. In a MariaDB before 10.4 the hash stands in `Password`.
 */
function readAccount(want: MysqlUser): Shell {
  const { user, host = 'localhost' } = want
  const query = statement`SELECT CONCAT('version: ', VERSION()); SELECT * FROM mysql.user WHERE User = ${string(user)} AND Host = ${string(host)}\\G`
  return sh`
    ${ask(want.login, query)}
    user=absent version= plugin= hash=
    ${eachLine(sh`$said`, READ_FIELD)}
    case $plugin in *_socket) auth=socket ;; *) auth=\${plugin:-password} ;; esac
    ${want.password ? comparePassword(want.password) : sh`:`}
  `
}

const READ_FIELD = sh`
  case $1 in
  version:) version=$2 ;;
  Host:) user=present ;;
  plugin:) plugin=$2 ;;
  Password: | authentication_string:) case $2 in '' | NULL) ;; *) hash=$2 ;; esac ;;
  esac
`

function comparePassword(password: Secret): Shell {
  const { mysql_native_password: native, caching_sha2_password: sha2 } = hashesOf(password)
  return sh`
    case $plugin:$hash in
    :${native} | mysql_native_password:${native} | caching_sha2_password:${sha2}) password='as wanted' ;;
    *) password=differs ;;
    esac
  `
}

/** By documentation: MariaDB 10.2 and MySQL 5.7.6 brought ALTER USER; MySQL 8.0 took `BY PASSWORD` away. */
const CHOOSE_DIALECT = sh`
  case $version in
  5.[0-6].* | 10.[01].*) dialect=old ;;
  *MariaDB*) dialect=mariadb ;;
  5.7.*) dialect=mysql5 ;;
  *) dialect=mysql ;;
  esac
`

/** The statement that makes or changes the account, in each dialect. */
function dialects(want: MysqlUser): Record<string, Shell> {
  const name = account(want)
  const set = (how: Shell) => sh`statement="$verb"${` USER ${name} IDENTIFIED `}${how}`
  if (!want.password)
    return {
      old: fail('accounts of the socket need MariaDB 10.2 or MySQL 5.7'),
      mariadb: set(sh`'VIA unix_socket'`),
      mysql5: set(sh`'WITH auth_socket'`),
      mysql: set(sh`'WITH auth_socket'`),
    }
  const { mysql_native_password: native, caching_sha2_password: sha2 } = hashesOf(want.password)
  const byHash = statement` ${name} IDENTIFIED BY PASSWORD '${native}'`
  return {
    old: sh`
      statement='GRANT USAGE ON *.* TO'
      [ $verb = ALTER ] || statement='CREATE USER'
      statement=$statement${byHash}
    `,
    mariadb: set(statement`VIA mysql_native_password USING '${native}'`),
    mysql5: set(statement`WITH mysql_native_password AS '${native}'`),
    mysql: set(statement`WITH caching_sha2_password AS '${sha2}'`),
  }
}
