import { examine } from '../cluster/evidence.ts'
import { type Demand, defineResource, type Guard } from '../resource/contract.ts'
import { loginProblems } from '../resources/mysql-client.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { copied } from './copy.ts'
import { SPEAK } from './dialect.ts'
import { findUnsaved, markGivenUp } from './errant.ts'
import {
  isReadOnly,
  judged,
  mustBeReadOnly,
  mustServe,
  type Pair,
  READ_ONLY,
  SAME_ID,
  SERVES,
  toLines,
} from './following.ts'
import { howFull } from './how-full.ts'
import { PROMOTION } from './peer.ts'
import { readThreads, sourceProblems } from './replica.ts'
import { fill, INCOMPLETE, type Seed } from './seed.ts'
import { describeServer } from './server.ts'

/** Says that the copy was made anew and waits for its threads to be started. */
const RESEEDED = `${PROMOTION}/reseeded`

/** The data of a replica, and the way in which they come. */
export interface Reseed extends Seed {
  /**
   * `dump`: as statements, by its client; the tables of others than InnoDB cannot be written to meanwhile. `copy`: its files,
   * as a stream that the source offers at `COPY_PORT`; far quicker where there is much. `dump` if not given.
   */
  method?: 'dump' | 'copy'
}

/**
 * All data of a replica made anew from its source. One whose threads run, or only lack a login, is left alone: stop them, if its
 * data are not to be trusted. Its own data are gone afterwards; see `reseeding`.
 *
 * @example reseed({ source }, { guard: reseeding(pair, vip) })
 */
export const reseed = defineResource<Reseed>({
  kind: 'reseed',
  id: ({ source }) => `from ${source.host}`,
  problems: ({ source, login }) => [...sourceProblems(source), ...loginProblems(login)],
  probe: ({ source, login }) => sh`
    ${readThreads(login)}
    copy=stale
    [ $threads = stopped ] || copy=good
    [ ! -e ${RESEEDED} ] || copy=good
    [ "$source" = ${source.host} ] && [ ! -e ${INCOMPLETE} ] || copy=stale
    echo "copy $copy"
  `,
  expect: () => ({ copy: 'good' }),
  progress: howFull,
  apply: (want) => sh`
    ${readThreads(want.login)}
    ${SPEAK}
    rm -f ${RESEEDED}
    ${markGivenUp()}
    ${want.method === 'copy' ? copied(want) : fill(want)}
    : > ${RESEEDED}
  `,
})

/**
 * Guards a node whose database is to be made anew from the other one, where writes go: it takes none, it does not hold
 * the address of the service, and whatever only it has was saved.
 */
export function reseeding(pair: Pair, vip: string): Guard {
  const { nodes, login } = pair
  return {
    protects: 'the data of the replica',
    hosts: nodes,
    ask: {
      database: describeServer(login),
      address: sh`ip -oneline -4 address show to ${vip}`,
      unsaved: unsaved(pair),
    },
    refuse: (evidence, host) => [
      ...examine(evidence, host, {
        database: judged(mustBeReadOnly),
        address: (text) => (text.trim() === '' ? [] : [`it holds ${vip}`]),
        unsaved: toLines,
      }),
      ...nodes
        .filter((node) => node !== host)
        .flatMap((node) => examine(evidence, node, { database: judged(mustServe) })),
    ],
    recheck: sh`
      held=$(ip -oneline -4 address show to ${vip}) && [ -z "$held" ] && {
      ${isReadOnly(login)}
      }`,
    demands: [READ_ONLY, passive(vip), IS_SAVED, ...SERVES],
  }
}

function unsaved(where: Parameters<typeof findUnsaved>[0]): Shell {
  return sh`
    ${findUnsaved(where)}
    ${SAME_ID}
    [ -z "$unsaved" ] || echo "it has transactions that its peer does not know and that are not saved: $unsaved"`
}

const IS_SAVED: Demand = {
  that: 'it has a server_id of its own, and no transaction that its peer does not know and that is not saved',
  of: 'target',
  asks: ['unsaved'],
  holds: sh`[ -z "$said_unsaved" ]`,
}

function passive(vip: string): Demand {
  return {
    that: `it does not hold ${vip}`,
    of: 'target',
    asks: ['address'],
    holds: sh`[ -z "$said_address" ]`,
  }
}
