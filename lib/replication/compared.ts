import { defineResource } from '../resource/contract.ts'
import type { MysqlLogin } from '../resources/index.ts'
import { ask, loginProblems } from '../resources/mysql-client.ts'
import { eachLine, fail } from '../resources/snippets.ts'
import { raw, type Shell, sh } from '../shell/sh.ts'
import { askPeer, PROMOTION } from './peer.ts'
import { awaitThreads } from './replica.ts'

/** What the last comparison found: a line, at what transaction and how many tables. */
export const COMPARED = `${PROMOTION}/compared`

/** As long as it is there, the last comparison found tables that differ: at what transaction. A promotion removes it, too. */
export const DIFFERENT = `${PROMOTION}/different`

/**
 * A replica whose data have been compared with those of its source, table by table, by `CHECKSUM TABLE`, both at the same
 * transaction. The source takes a snapshot; where a table cannot be in one, such as one of MyISAM, its writes wait as long as
 * it computes. The replica waits at that transaction meanwhile.
 *
 * @example compared({})
 */
export interface Compared {
  /** Minutes after which a comparison counts for none; if not given, one counts until the data are made anew. */
  within?: number
  login?: MysqlLogin
  /** By which the client reaches the source; by default `PEER`. */
  peer?: string
}

/** @see Compared */
export const compared = defineResource<Compared>({
  kind: 'compared',
  id: () => 'with its source',
  problems: ({ login }) => loginProblems(login),
  probe: ({ within }) => sh`
    if [ -s ${COMPARED} ] && ${within === undefined ? sh`:` : isYounger(within)}; then
      echo 'data equal'
    else
      echo 'data not compared'
    fi`,
  expect: () => ({ data: 'equal' }),
  // Whatever comes out, the replica goes on. A thread that has reached its UNTIL takes a moment to end, and a start in that
  // moment would be lost; the stop waits for it.
  apply: ({ login, peer }) => sh`
    mkdir -p ${PROMOTION}
    outcome=0
    (
      ${ask(login, sh`'STOP SLAVE'`)}
      ${askPeer(sh`${TABLES}`, peer)}
      ${readTables()}
      ${askPeer(sh`"$hold\\\\G $checksum"`, peer)}
      ${readSums('theirs')}
      ${ask(login, sh`"START SLAVE UNTIL master_gtid_pos = '$at'; SELECT MASTER_GTID_WAIT('$at', 3600) AS waited"`)}
      case $said in *waited?0) ;; *) ${fail('the replica does not reach ', sh`"$at"`)} ;; esac
      ${ask(login, sh`"$checksum"`)}
      ${readSums('ours')}
      ${judge()}
    ) || outcome=$?
    ${ask(login, sh`'STOP SLAVE; START SLAVE'`)}
    (
      ${awaitThreads(login)}
    ) || outcome=$?
    exit $outcome`,
})

/** A clock that was set back since is no proof of youth. */
function isYounger(minutes: number): Shell {
  return sh`[ -n "$(find ${COMPARED} -mmin ${`-${minutes}`} ! -newermt now)" ]`
}

const OTHERS =
  "TABLE_TYPE = 'BASE TABLE' AND TABLE_SCHEMA NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')"

/** A line for each table, with its engine and its name as SQL has it. */
const TABLES = `SELECT CONCAT('table ', ENGINE, ' ', CHAR(96), REPLACE(TABLE_SCHEMA, CHAR(96), REPEAT(CHAR(96), 2)), CHAR(96, 46, 96),
  REPLACE(TABLE_NAME, CHAR(96), REPEAT(CHAR(96), 2)), CHAR(96)) FROM information_schema.TABLES WHERE ${OTHERS} ORDER BY 1`

/** Holds everything still until the session ends, and tells where. */
const LOCKED = 'FLUSH TABLES WITH READ LOCK; SELECT @@gtid_binlog_pos AS at'

const snapshot = (what: string) =>
  `(SELECT VARIABLE_VALUE FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'binlog_snapshot_${what}')`

/** The same for tables that a transaction can hold still, without making anybody wait. */
const SNAPSHOT = `START TRANSACTION WITH CONSISTENT SNAPSHOT; SELECT BINLOG_GTID_POS(${snapshot('file')}, ${snapshot('position')}) AS at`

/** Sets `hold` and `checksum`. */
function readTables(): Shell {
  return sh`
    hold=${SNAPSHOT} names=
    ${eachLine(
      sh`$said`,
      sh`
        case $row in
        'table '*) names="$names\${names:+, }\${row#table * }" ;;
        *) continue ;;
        esac
        [ "$2" = InnoDB ] || hold=${LOCKED}`,
    )}
    checksum='DO 1'
    [ -z "$names" ] || checksum="CHECKSUM TABLE $names"`
}

/** Sets `theirs` or `ours` to a line for each table, and with theirs `at`. */
function readSums(whose: 'theirs' | 'ours'): Shell {
  const name = raw(whose)
  return sh`
    ${name}=
    ${eachLine(
      sh`$said`,
      sh`
        case $row in
        'at: '*) at=\${row#at: } ;;
        '*'* | 'Table'*'Checksum') ;;
        *) ${name}="$${name}$row
        " ;;
        esac`,
    )}`
}

function judge(): Shell {
  return sh`
    if [ "$ours" = "$theirs" ]; then
      set -f
      IFS='
    '
      set -- $theirs
      unset IFS
      echo "$# tables are equal at $at" > ${COMPARED}
      rm -f ${DIFFERENT}
    else
      rm -f ${COMPARED}
      echo "$at" > ${DIFFERENT}
      printf 'at %s these differ from those of the source:\\n' "$at" >&2
      ${eachLine(sh`$theirs`, sh`case $ours in *"$row"*) ;; *) printf '%s\\n' "$1" >&2 ;; esac`)}
      echo 'stop the threads of the replica (STOP SLAVE) and run reseed.mjs to make it anew' >&2
      exit 1
    fi`
}
