import { examine } from '../cluster/evidence.ts'
import type { Demand, Guard } from '../resource/contract.ts'
import type { MysqlLogin } from '../resources/index.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { readHistories } from './errant.ts'
import { NOT_COMPLETE } from './seed.ts'
import { describeServer, readServer, type Server } from './server.ts'

/** Two nodes whose databases replicate, by name. */
export interface Pair {
  nodes: readonly [string, string]
  /** How a node's client reaches its own server, and that of its peer; by default as root, and by `PEER`. */
  login?: MysqlLogin
  peer?: string
}

/**
 * Guards a node that is about to follow the other one: it takes no writes, its copy is complete, everything that it ever
 * wrote is known there, and the other one follows nobody. So nothing is applied twice and nothing of its own is forgotten.
 */
export function following({ nodes, login, peer }: Pair): Guard {
  return {
    protects: 'transactions that only one of two databases has',
    hosts: nodes,
    ask: {
      database: describeServer(login),
      conflicts: sh`
        ${NOT_COMPLETE}
        ${conflicts(login, peer)}`,
    },
    refuse: (evidence, host) => [
      ...examine(evidence, host, { database: judged(mustBeReadOnly), conflicts: toLines }),
      ...nodes
        .filter((node) => node !== host)
        .flatMap((node) => examine(evidence, node, { database: judged(mustFollowNobody) })),
    ],
    recheck: isReadOnly(login),
    demands: [READ_ONLY, FIT, FOLLOWS_NOBODY],
  }
}

/** What is judged of an answer of `describeServer`; what is not understood is a reason by itself. */
export function judged(judge: (server: Server) => string[]) {
  return (text: string): string[] => {
    try {
      return judge(readServer(text))
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)]
    }
  }
}

/** Takes no writes, so that nothing comes in while it changes. */
export function mustBeReadOnly({ readOnly }: Server): string[] {
  return readOnly ? [] : ['its database takes writes']
}

/** Takes the writes, and nobody else's. */
export function mustServe(server: Server): string[] {
  const writes = server.readOnly ? ['its database takes no writes: nobody has promoted it'] : []
  return [...writes, ...mustFollowNobody(server)]
}

/** Two that follow each other would send everything round. */
export function mustFollowNobody({ replica }: Server): string[] {
  return replica ? [`its database follows ${replica.source || 'another one'}`] : []
}

/** The answer of a question that prints its reasons itself, one a line. */
export function toLines(text: string): string[] {
  return text.split('\n').filter(Boolean)
}

const says = (line: string) => sh`printf '%s\\n' "$said_database" | grep -q ${line}`

/** What `mustBeReadOnly` says, of the node itself. */
export const READ_ONLY: Demand = {
  that: 'its database takes no writes',
  of: 'target',
  asks: ['database'],
  holds: sh`${says('^read_only\tON$')} && ${says('^server_id\t[0-9]*$')} && ${says('^version\t')}`,
}

const TAKES_WRITES: Demand = {
  that: 'its database takes the writes',
  of: 'peers',
  asks: ['database'],
  holds: says('^read_only\tOFF$'),
}

/** What `mustFollowNobody` says, of the other node. */
export const FOLLOWS_NOBODY: Demand = {
  that: 'its database follows nobody',
  of: 'peers',
  asks: ['database'],
  holds: sh`${says('^read_only\t')} && ${says('^server_id\t[0-9]*$')} && ${says('^version\t')} && ! ${says('^ *[MS][a-z]*_Host:')}`,
}

/** That `conflicts` prints nothing. */
export const NO_CONFLICTS: Demand = {
  that: 'it has a server_id of its own, and no transactions that its peer does not know',
  of: 'target',
  asks: ['conflicts'],
  holds: sh`[ -z "$said_conflicts" ]`,
}

/** The same, and that it is no half of a copy. */
const FIT: Demand = {
  ...NO_CONFLICTS,
  that: 'its copy is complete, it has a server_id of its own, and no transactions that its peer does not know',
}

/** What `mustServe` says, of the other node. */
export const SERVES: readonly Demand[] = [TAKES_WRITES, FOLLOWS_NOBODY]

/** For the command that changes: this server still takes no writes. */
export function isReadOnly(login: MysqlLogin | undefined): Shell {
  return sh`
    said=$(
    ${describeServer(login)}
    ) && printf '%s\\n' "$said" | grep -q ${'^read_only\tON$'}`
}

/** Says so where both servers have one number: each takes what the other one sends for its own. Needs `readHistories`. */
export const SAME_ID = sh`[ "$my_id" != "$its_id" ] || echo "it has the server_id $my_id, as its peer has"`

/** Prints, on the node itself, what keeps its database from following its peer's; nothing where all is well. */
export function conflicts(login: MysqlLogin | undefined, peer: string | undefined): Shell {
  return sh`
    ${readHistories(login, peer)}
    ${SAME_ID}
    own=$(unknown_to "$my_state" "$its_state,$its_position")
    [ -z "$own" ] || echo "it has transactions that its peer does not know ($own); rejoin.mjs lists and saves them first"`
}
