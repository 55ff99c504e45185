import { defineResource } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { problemsOf } from './checks.ts'
import {
  account,
  accountProblems,
  ask,
  identifier,
  isName,
  loginProblems,
  type MysqlAccount,
  type MysqlLogin,
  printed,
  statement,
} from './mysql-client.ts'
import { eachLine, fail } from './snippets.ts'

/**
 * What an account may do with everything, one database or one table: exactly these privileges, so that others at
 * the same place are revoked. What is granted at other places, to columns and by roles stays as it is. The
 * account must be there.
 *
 * @example mysqlGrant({ user: 'app', host: '192.168.1.%', privileges: ['SELECT', 'INSERT'], database: 'app' })
 */
export interface MysqlGrant extends MysqlAccount {
  /**
   * As `SHOW GRANTS` calls them: `SELECT`, `REPLICATION SLAVE`, `ALL PRIVILEGES`; none revokes them all. MySQL 8
   * does not say `ALL PRIVILEGES` of everything: name them there.
   */
  privileges: readonly string[]
  /** Without it, all databases and the server itself. `%` and `_` in it stand for themselves. */
  database?: string
  /** Of a database; without it, the whole database. */
  table?: string
  /** The account may pass its privileges on; by default not. */
  grantOption?: boolean
  /** How to reach the server; by default as root by its socket. */
  login?: MysqlLogin
}

/** @see MysqlGrant */
export const mysqlGrant = defineResource<MysqlGrant>({
  kind: 'mysql-grant',
  id: (want) => `${account(want)} on ${spelled(want, false)}`,
  problems: (want) => [
    ...accountProblems(want),
    ...problemsOf(
      [isName(want.database ?? 'x'), `no database can be called ${JSON.stringify(want.database)}`],
      [isName(want.table ?? 'x'), `no table can be called ${JSON.stringify(want.table)}`],
      [want.table === undefined || want.database !== undefined, 'a table is one of a database'],
      ...want.privileges.map((one) => [/^[A-Z][A-Z_ ]*[A-Z]$/.test(one), `no privilege: ${one}`] as const),
    ),
    ...loginProblems(want.login),
  ],
  probe: (want) => sh`
    ${readGrants(want)}
    echo "user $user"
    if [ $user = present ]; then
      printf 'privileges %s\\n' "$held$others"
      echo "grantable $grantable"
    fi
  `,
  expect: (want) => ({
    user: 'present',
    privileges: wanted(want).join(',') || 'none',
    grantable: want.grantOption ?? false,
  }),
  apply: (want) => sh`
    ${readGrants(want)}
    [ $user = present ] || ${fail('there is no account ', account(want))}
    ${setGrants(want)}
  `,
})

/** What `ALL` and MariaDB 10.5 call otherwise. */
const OTHER_NAMES: Record<string, string> = {
  ALL: 'ALL PRIVILEGES',
  'BINLOG MONITOR': 'REPLICATION CLIENT',
}

function wanted({ privileges }: MysqlGrant): string[] {
  return [...new Set(privileges.map((one) => OTHER_NAMES[one] ?? one))]
}

/** In the name of a whole database `%` and `_` are patterns, unless the server has partial revokes (MySQL 8.0.16). */
function spelled({ database, table }: MysqlGrant, literal: boolean): string {
  if (database === undefined) return '*.*'
  if (table !== undefined) return `${identifier(database)}.${identifier(table)}`
  return `${identifier(literal ? database : database.replaceAll(/[\\%_]/g, '\\$&'))}.*`
}

/**
 * Sets `user`, `level` (as SQL), `held` (those of the wish that are there, or none), `others` (with a comma before
 * each) and `grantable`. Lines are as `GRANT SELECT, INSERT ON level TO 'user'@'host' … WITH GRANT OPTION`.
 */
function readGrants(want: MysqlGrant): Shell {
  const pattern = spelled(want, false)
  const query = statement`SHOW VARIABLES LIKE 'partial_revokes'; SHOW GRANTS FOR ${account(want)}`
  return sh`
    ${ask(want.login, query, sh`*"ERROR 1141 "*) ;;`)}
    user=absent all=, grantable=no level=${pattern} shown=${printed(pattern)}
    ${eachLine(sh`$said`, readGrant(want))}
    ${splitPrivileges(wanted(want))}
  `
}

function readGrant(want: MysqlGrant): Shell {
  const literal = spelled(want, true)
  return sh`
    case $row in
    partial_revokes*ON) level=${literal} shown=${printed(literal)} ;;
    "GRANT "*)
      user=present place=\${row#*" ON "}
      case $place in "$shown TO "*) ;; *) continue ;; esac
      row=\${row#GRANT }
      all=$all\${row%%" ON "*},
      case \${place##*[\\\`\\']} in *"WITH GRANT OPTION"*) grantable=yes ;; esac ;;
    esac
  `
}

function splitPrivileges(privileges: readonly string[]): Shell {
  return sh`
    IFS=,
    set -f
    normal=,
    for one in $all; do
      one=\${one# }
      case $one in '' | USAGE) continue ;; 'BINLOG MONITOR') one='REPLICATION CLIENT' ;; esac
      normal=$normal$one,
    done
    held= others=
    for one in ${privileges}; do
      case $normal in *",$one,"*) held=$held\${held:+,}$one ;; esac
    done
    for one in $normal; do
      case ,${privileges.join(',')}, in *",$one,"*) ;; *) others=$others\${one:+,}$one ;; esac
    done
    held=\${held:-none}
    set +f
    unset IFS
  `
}

/** One call to the server; what is not wished for goes first, since ALL PRIVILEGES can only go whole. */
function setGrants(want: MysqlGrant): Shell {
  const privileges = wanted(want)
  const words = privileges.length > 0 ? privileges.join(', ') : 'USAGE'
  const to = sh`" ON $level "${want.grantOption ? `TO ${account(want)} WITH GRANT OPTION` : `TO ${account(want)}`}`
  const from = sh`" ON $level FROM "${account(want)}`
  return sh`
    revoke=
    case $others in
    '') ;;
    *'ALL PRIVILEGES'* | *'('*) revoke='REVOKE ALL PRIVILEGES'${from}';' ;;
    *) revoke="REVOKE \${others#,}"${from}';' ;;
    esac
    ${want.grantOption ? sh`:` : sh`[ $grantable = no ] || revoke=$revoke' REVOKE GRANT OPTION'${from}';'`}
    ${ask(want.login, sh`"$revoke"${` GRANT ${words}`}${to}`)}
  `
}
