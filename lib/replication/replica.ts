import { defineResource } from '../resource/contract.ts'
import type { MysqlLogin } from '../resources/index.ts'
import { ask, loginProblems, statement } from '../resources/mysql-client.ts'
import { eachLine } from '../resources/snippets.ts'
import type { Secret } from '../secret.ts'
import { lines, raw, type Shell, sh } from '../shell/sh.ts'
import { SPEAK } from './dialect.ts'
import { PROMOTION } from './peer.ts'
import { askServer } from './server.ts'

/** Where a replica finds its source. */
export interface Source {
  /** An IPv4 address. */
  host: string
  port?: number
  user: string
  /** Up to 32 signs, without quotes and backslashes. */
  password: Secret
}

/**
 * A database that follows another one by GTID: its threads run, towards that source and no other one. The server stays
 * read-only. Whether it may follow is for a guard, see `following`; that it has the source's data is for whoever
 * seeded it.
 *
 * @example replica({ source: { host: '192.0.2.1', user: 'replication', password } }, { guard: following(names, peer) })
 */
export interface Follow {
  source: Source
  login?: MysqlLogin
}

/** @see Follow */
export const replica = defineResource<Follow>({
  kind: 'replica',
  id: ({ source }) => `of ${source.host}`,
  problems: ({ source, login }) => [...sourceProblems(source), ...loginProblems(login)],
  probe: ({ login }) => sh`
    ${readThreads(login)}
    echo "source $source"
    echo "threads $threads"
  `,
  expect: ({ source }) => ({ source: source.host, threads: 'running' }),
  apply: ({ source, login }) => sh`
    ${readThreads(login)}
    [ "$read_only" = ON ] || { echo 'this server takes writes: a replica must not' >&2; exit 1; }
    ${SPEAK}
    [ -n "$after_writes" ] || { echo "$server has no GTIDs to follow" >&2; exit 1; }
    ${ask(login, lines([sh`"STOP $replica; "`, changeSource(source, sh`"$after_writes"`), sh`"; START $replica"`], ''))}
    rm -f ${['promoted', 'vouched', 'reseeded', 'compared'].map((name) => `${PROMOTION}/${name}`)}
    ${awaitThreads(login)}
  `,
})

/** What is wrong with a source. */
export function sourceProblems({ host, password }: Source): string[] {
  const fine = /^[^'"\\\s]{1,32}$/.test(password.reveal())
  return [
    ...(/^[\d.]+$/.test(host) ? [] : [`the address of a source is an IPv4 address: ${host}`]),
    ...(fine ? [] : ['the password of a replica has up to 32 signs, without blanks, quotes and backslashes']),
  ]
}

/**
 * The statement that names the source, as a shell word; it needs the words of `SPEAK`.
 *
 * @param from the option by which the replica finds its place there, a shell word
 */
export function changeSource({ host, port = 3306, user, password }: Source, from: Shell): Shell {
  const option = (name: string, value: Shell) => sh`"$prefix"_${raw(name)}' = '${value}', '`
  return lines(
    [
      sh`"$change "`,
      option('HOST', sh`${`'${host}'`}`),
      option('PORT', sh`${port}`),
      option('USER', sh`${`'${user}'`}`),
      option('PASSWORD', statement`'${password}'`),
      option('CONNECT_RETRY', sh`1`),
      from,
      sh`"\${public_key:+, $public_key}"`,
    ],
    '',
  )
}

/**
 * Sets `version`, the `id` of the server, `read_only`, `written` (the own binary log's last transactions), `arrived` (what was applied or is in the
 * relay log), `history` (both), `source`, its `receiver` and `applier` (Yes, No, Connecting), their `errors`, `behind`
 * (seconds), and `threads`: running, stopped, or refused where the source does not admit it. Of a source, `semi_sync`: ON while a commit waits for a replica, and
 * `acknowledging`: how many replicas say that they have it.
 */
export function readThreads(login?: MysqlLogin): Shell {
  return sh`
    ${askServer(login)}
    version= id= read_only= written= arrived= history= source=none receiver= refusal= applier= errors= behind= semi_sync= acknowledging=
    ${eachLine(sh`$said`, READ_WORD)}
    case $receiver$refusal$applier in
    YesYes | ConnectingYes | PreparingYes) threads=running ;;
    ConnectingRefusedYes) threads=refused ;;
    *) threads=stopped ;;
    esac`
}

/**
 * What a source answers that does not admit a replica: a wrong password (1045, 1698), an address that no account has (1130). The
 * thread tries for ever, with the login that it was told once. One that nobody answers (2003, 2013) is not refused.
 */
const REFUSALS = raw(['1045', '1130', '1698'].join(' | '))

const READ_WORD = sh`
  case $1 in
  version) version=$2 ;;
  server_id) id=$2 ;;
  read_only) read_only=$2 ;;
  gtid_binlog_state) written=\${2-} history=$history$written ;;
  Rpl_semi_sync_master_status | Rpl_semi_sync_source_status) semi_sync=$2 ;;
  Rpl_semi_sync_master_clients | Rpl_semi_sync_source_clients) acknowledging=$2 ;;
  gtid_slave_pos) arrived=\${2-} history=$history$arrived ;;
  Gtid_IO_Pos:) arrived=$arrived\${2:+,$2} ;;
  Master_Host: | Source_Host:) source=\${2:-none} ;;
  Slave_IO_Running: | Replica_IO_Running:) receiver=$2 ;;
  Slave_SQL_Running: | Replica_SQL_Running:) applier=$2 ;;
  Seconds_Behind_Master: | Seconds_Behind_Source:) case $2 in [0-9]*) behind=$2 ;; esac ;;
  Last_IO_Errno:) case $2 in ${REFUSALS}) [ "$receiver" != Connecting ] || refusal=Refused ;; esac ;;
  Last_IO_Error: | Last_SQL_Error:) shift; errors="$errors $*" ;;
  esac
`

/** A source that refuses its replica says so within a moment. */
export function awaitThreads(login: MysqlLogin | undefined): Shell {
  return sh`
    tries=30
    until
      ${readThreads(login)}
      [ "$receiver$applier" = YesYes ]
    do
      tries=$((tries - 1))
      case $receiver-$applier-$tries in *No-* | *-0)
        echo "the replica does not run (IO $receiver, SQL $applier):$errors" >&2
        exit 1 ;;
      esac
      sleep 1
    done`
}
