import { examine } from '../cluster/evidence.ts'
import type { Demand, Guard } from '../resource/contract.ts'
import { ask } from '../resources/mysql-client.ts'
import { type Shell, sh } from '../shell/sh.ts'
import {
  conflicts,
  FOLLOWS_NOBODY,
  isReadOnly,
  judged,
  mustBeReadOnly,
  mustFollowNobody,
  NO_CONFLICTS,
  type Pair,
  READ_ONLY,
  toLines,
} from './following.ts'
import { PROMOTION } from './peer.ts'
import { DATABASES } from './seed.ts'
import { describeServer } from './server.ts'

/**
 * Guards the first filling of a node's database from the other one: nothing is in it but what an earlier attempt has
 * left, it takes no writes, and the other one is there and follows nobody.
 */
export function seeding(pair: Pair): Guard {
  const { nodes, login, peer } = pair
  return {
    protects: 'the database that is to be filled',
    hosts: nodes,
    ask: {
      database: describeServer(login),
      content: content(pair),
      conflicts: conflicts(login, peer),
    },
    refuse: (evidence, host) => [
      ...examine(evidence, host, {
        database: judged(mustBeReadOnly),
        content: mustBeNothing,
        conflicts: toLines,
      }),
      ...nodes
        .filter((node) => node !== host)
        .flatMap((node) => examine(evidence, node, { database: judged(mustFollowNobody) })),
    ],
    recheck: isReadOnly(login),
    demands: [READ_ONLY, IS_EMPTY, NO_CONFLICTS, FOLLOWS_NOBODY],
  }
}

const IS_EMPTY: Demand = {
  that: 'its database holds nothing but what an earlier attempt to fill it has left',
  of: 'target',
  asks: ['content'],
  holds: sh`case $said_content in '' | incomplete) ;; *) false ;; esac`,
}

function mustBeNothing(text: string): string[] {
  return text.trim() === 'incomplete' ? [] : toLines(text).map((line) => `it holds ${line}`)
}

/** What a server has of its own, one a line. */
function content({ login }: Pair): Shell {
  const rest = `SELECT 'rows:' AS what UNION ALL SELECT CONCAT('database ', SCHEMA_NAME) FROM ${DATABASES} UNION ALL
    SELECT CONCAT('transactions: ', gtid) FROM (SELECT CONCAT_WS(',', NULLIF(@@gtid_binlog_state, ''),
    NULLIF(@@gtid_slave_pos, '')) AS gtid) AS history WHERE gtid <> ''`
  return sh`
    if [ -e ${`${PROMOTION}/incomplete`} ]; then echo incomplete; exit 0; fi
    ${ask(login, sh`${rest}`)}
    case $said in *'rows:
    '*) printf '%s\\n' "\${said#*rows:
    }" ;; esac`
}
