import { defineResource } from '../resource/contract.ts'
import type { MysqlLogin } from '../resources/index.ts'
import { ask, loginProblems } from '../resources/mysql-client.ts'
import { eachLine, fail } from '../resources/snippets.ts'
import { lines, type Shell, sh } from '../shell/sh.ts'
import { COMPARED, DIFFERENT } from './compared.ts'
import { SPEAK } from './dialect.ts'
import { howFull } from './how-full.ts'
import { askPeer, PEER, PROMOTION } from './peer.ts'
import { changeSource, readThreads, type Source, sourceProblems } from './replica.ts'

/**
 * The first data of a database that is to follow another one: a dump of the peer, which is read as its client, with its
 * history. While it is on its way `incomplete` stands beside what the promotion remembers, so that nobody takes the half of
 * it for a copy. It is for a server without data; see `seeding`.
 *
 * @example seed({ source }, { guard: seeding(pair) })
 */
export interface Seed {
  source: Source
  login?: MysqlLogin
  /** By which the client reaches the peer; by default `PEER`. */
  peer?: string
}

/** @see Seed */
export const seed = defineResource<Seed>({
  kind: 'seed',
  id: ({ source }) => `from ${source.host}`,
  problems: ({ source, login }) => [...sourceProblems(source), ...loginProblems(login)],
  probe: ({ login }) => sh`
    ${readThreads(login)}
    data=complete
    [ "$source$history" != none ] || data=none
    [ ! -e ${INCOMPLETE} ] || data=incomplete
    echo "data $data"
  `,
  expect: () => ({ data: 'complete' }),
  progress: howFull,
  apply: (want) => sh`
    ${readThreads(want.login)}
    ${SPEAK}
    ${fill(want)}
  `,
})

/** While this file is there, with why in it, nobody promotes the copy. */
export const INCOMPLETE = `${PROMOTION}/incomplete`

/** Says so, and what to do, where the copy is not whole: its threads may run all the same, from where the dump stood. */
export const NOT_COMPLETE = sh`
  [ ! -e ${INCOMPLETE} ] || echo "its copy is not complete ($(cat ${INCOMPLETE})): run reseed.mjs for this node"`

/** All but the server's own. */
export const DATABASES =
  "information_schema.SCHEMATA WHERE SCHEMA_NAME NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')"

/** Forgets everything of this server, reads all of the peer and points at it; its threads are started by `replica`. */
export function fill({ source, login, peer = PEER }: Seed): Shell {
  return sh`
    case $by_gtid in *slave_pos) ;; *) ${fail('a first copy is made of MariaDB 10.0 and later: load a dump by hand')} ;; esac
    ${markIncomplete(source)}
    ${forget(login)}
    ${askPeer(sh`${CHARACTER}`, peer)}
    state= others=
    ${eachLine(sh`$said`, sh`case $1 in state:) state=\${2-} ;; others:) others=\${2-} ;; esac`)}
    lock=--single-transaction
    [ "$others" = 0 ] || lock=--lock-all-tables
    ${load(login, peer)}
    ${adoptHistory(login)}
    ${ask(login, changeSource(source, sh`"$by_gtid"`))}
    ${markWhole}`
}

/** From here on what is there is no copy that anybody may promote, or that was ever compared. */
export function markIncomplete({ host }: Source): Shell {
  return sh`
    mkdir -p ${PROMOTION}
    echo ${`it is being filled from ${host}`} > ${INCOMPLETE}
    rm -f ${COMPARED}`
}

/** The copy is whole, and nothing is left of one that was found to differ. */
export const markWhole = sh`rm -f ${INCOMPLETE} ${DIFFERENT}`

/** Its history, and how many tables a transaction does not hold still, such as those of MyISAM. */
export const CHARACTER = `SELECT @@gtid_binlog_state AS state,
  (SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE' AND ENGINE <> 'InnoDB'
    AND TABLE_SCHEMA NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')) AS others\\G`

function forget(login: MysqlLogin | undefined): Shell {
  const own = `SELECT CONCAT('drop ', CHAR(96), REPLACE(SCHEMA_NAME, CHAR(96), REPEAT(CHAR(96), 2)), CHAR(96)) FROM ${DATABASES}`
  const reset = sh`"STOP $replica; RESET $replica ALL; $reset_binlog; SET GLOBAL gtid_slave_pos = ''; "`
  return sh`
    ${ask(login, lines([reset, sh`${own}`], ''))}
    drops='SET SESSION sql_log_bin = 0'
    ${eachLine(sh`$said`, sh`case $row in 'drop \`'*) drops="$drops; DROP DATABASE \${row#drop }" ;; esac`)}
    ${ask(login, sh`"$drops"`)}`
}

/** What is loaded is in no binary log of this server: it is the source's history, not one of its own. */
function load(login: MysqlLogin | undefined, peer: string): Shell {
  const what = ['--all-databases', '--routines', '--events', '--triggers', '--hex-blob', '--flush-privileges']
  return sh`
    dump=mariadb-dump
    command -v mariadb-dump > /dev/null || dump=mysqldump
    codes=$({
      set +e
      {
        echo 'SET SESSION sql_log_bin = 0;'
        "$dump" ${`--defaults-file=${peer}`} ${what} $dump_position $lock
        echo $? >&3
      } | "$client" ${socket(login)} --batch >&2
      echo $? >&3
    } 3>&1)
    [ "$codes" = '0
    0' ] || ${fail('the dump of the peer did not arrive whole')}`
}

function socket({ socket: path, user }: MysqlLogin = {}): Shell {
  return sh`${[...(path === undefined ? [] : [`--socket=${path}`]), ...(user === undefined ? [] : [`--user=${user}`])]}`
}

/**
 * Takes over the last transaction of each server that the source knows, which the dump has not: without them a later
 * comparison would take for unknown what is here. The last that was loaded comes last, and stands for its own server.
 */
export function adoptHistory(login: MysqlLogin | undefined): Shell {
  return sh`
    ${ask(login, sh`'SELECT @@gtid_slave_pos AS position\\G'`)}
    position=
    ${eachLine(sh`$said`, sh`case $1 in position:) position=\${2-} ;; esac`)}
    IFS=,
    all=
    for gtid in $state; do
      case ,$position, in *,"\${gtid%-*}"-*) ;; *) all=$all$gtid, ;; esac
    done
    unset IFS
    all=$all$position
    [ -z "$all" ] || {
      ${ask(login, sh`"SET GLOBAL gtid_binlog_state = '\${all%,}'"`)}
    }`
}
