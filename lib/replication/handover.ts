import { examine } from '../cluster/evidence.ts'
import type { Demand, Guard } from '../resource/contract.ts'
import type { MysqlLogin } from '../resources/index.ts'
import { ask } from '../resources/mysql-client.ts'
import { eachLine } from '../resources/snippets.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { DIFFERENT } from './compared.ts'
import { isReadOnly, judged, mustBeReadOnly, mustServe, type Pair, READ_ONLY, SERVES } from './following.ts'
import { askPeer } from './peer.ts'
import { readThreads } from './replica.ts'
import { NOT_COMPLETE } from './seed.ts'
import { describeServer, type Server } from './server.ts'

/** The permission to write is about to go from the first node to the second one. */
export interface DatabaseHandover extends Omit<Pair, 'nodes'> {
  from: string
  to: string
  /** Where the replica finds the database of `from`: an IPv4 address. */
  source: string
}

/** Seconds for what the source has written until the question was asked. */
const PATIENCE = 30

/**
 * Guards the move of the permission to write: the copy is complete and was not found to differ, both threads of the replica
 * run, towards the node that takes the writes, and it applies within seconds what that one had written when it was asked. The
 * rest is for the promotion, which makes the source read-only first and waits for its last words.
 */
export function databaseHandover({ from, to, source, login, peer }: DatabaseHandover): Guard {
  const follows = sh`printf '%s\\n' "$said_database" | grep -q ${`^ *[MS][a-z]*_Host: ${source.replaceAll('.', '[.]')}$`}`
  return {
    protects: 'what the database has acknowledged',
    hosts: [from, to],
    ask: { database: describeServer(login), lacking: lacking(login, peer) },
    refuse: (evidence) => [
      ...examine(evidence, to, {
        database: judged((server) => [...mustBeReadOnly(server), ...mustFollow(server, source)]),
        lacking: (text) => text.split('\n').filter(Boolean),
      }),
      ...examine(evidence, from, { database: judged(mustServe) }),
    ],
    recheck: sh`
      {
      ${isReadOnly(login)}
      } && lacking=$(
      ${lacking(login, peer)}
      ) && [ -z "$lacking" ]`,
    demands: [
      READ_ONLY,
      { ...FOLLOWS, that: `its database follows ${source}`, holds: follows },
      HAS_ALL,
      ...SERVES,
    ],
  }
}

const FOLLOWS = { of: 'target', asks: ['database'] } as const

const HAS_ALL: Demand = {
  that: 'its copy is complete and was not found to differ, its replica runs, and has applied what the other database has written until now',
  of: 'target',
  asks: ['lacking'],
  holds: sh`[ -z "$said_lacking" ]`,
}

function mustFollow({ replica }: Server, source: string): string[] {
  if (replica?.source === source) return []
  return [`its database follows ${replica?.source || 'nobody'}, not ${source}`]
}

/** Prints, on the replica itself, what it lacks of its source; nothing on a server that takes writes. */
function lacking(login: MysqlLogin | undefined, peer: string | undefined): Shell {
  return sh`
    ${readThreads(login)}
    [ "$read_only" = ON ] || exit 0
    ${NOT_COMPLETE}
    [ ! -s ${DIFFERENT} ] ||
      echo "its tables were found to differ from those of its source at $(cat ${DIFFERENT}): run reseed.mjs for this node"
    [ "$receiver$applier" = YesYes ] || {
      echo "its replica does not run (IO \${receiver:-none}, SQL \${applier:-none}):$errors"
      exit 0
    }
    ${askPeer(sh`'SELECT @@gtid_binlog_pos AS position\\G'`, peer)}
    position=
    ${eachLine(sh`$said`, sh`case $1 in position:) position=\${2-} ;; esac`)}
    ${ask(login, sh`"SELECT MASTER_GTID_WAIT('$position', ${PATIENCE}) AS waited\\G"`)}
    case $said in *'waited: 0'*) ;; *) echo ${`it has not applied within ${PATIENCE} s what its source had written:`} "$position" ;; esac`
}

/**
 * A command that holds on the node that takes the writes where the database of its peer can be asked, takes none, and applies
 * within seconds what was written here until now. That is what a promotion there will ask for. The threads of the replica
 * would tell less, and its account may not ask for them. A copy that was cut off may stand where the dump stood, with an empty
 * history: that it takes over when all has been loaded.
 */
export function peerHasAll(login?: MysqlLogin, peer?: string): Shell {
  return sh`
    (
      ${ask(login, sh`'SELECT @@gtid_binlog_pos AS position\\G'`)}
      position=
      ${eachLine(sh`$said`, sh`case $1 in position:) position=\${2-} ;; esac`)}
      ${askPeer(sh`"SELECT CONCAT(IF(@@gtid_binlog_state = '', 'a part ', 'all '), @@read_only, ' ', MASTER_GTID_WAIT('$position', ${PATIENCE})) AS has\\G"`, peer)}
      case $said in *'has: all ON 0') ;; *) exit 1 ;; esac
    ) > /dev/null 2>&1`
}
