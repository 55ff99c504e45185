import { examine } from '../cluster/evidence.ts'
import { isStopped, mustBeStopped } from '../cluster/heartbeat-state.ts'
import { HEARTBEAT, holds } from '../cluster/questions.ts'
import type { Demand, Guard } from '../resource/contract.ts'
import { sh } from '../shell/sh.ts'
import { toLines } from './following.ts'
import { PROMOTE } from './peer.ts'
import { NOT_COMPLETE } from './seed.ts'

/** Two databases that have both been written to, and what a person has decided. */
export interface GivenUp {
  /** The node whose own transactions are given up. */
  victim: string
  /** The node whose database goes on. */
  survivor: string
  /** The address of the service. */
  vip: string
}

/**
 * Guards the word for the survivor: nobody can add to what the victim's database has, for heartbeat is stopped there, it does
 * not hold the address, and it takes no writes; and the survivor's copy is complete. A server that is stopped takes none, one
 * that runs and does not answer may.
 */
export function givenUp({ victim, survivor, vip }: GivenUp): Guard {
  return {
    protects: `transactions that only the database of ${victim} has`,
    hosts: [victim, survivor],
    ask: { promotion: sh`${PROMOTE} status`, service: holds(vip), heartbeat: HEARTBEAT, copy: NOT_COMPLETE },
    refuse: (evidence) => [
      ...examine(evidence, victim, {
        promotion: (text) =>
          text.trim() === 'stopped' ? [] : ['its database takes writes, or does not answer'],
        service: (text) => (text.trim() === '' ? [] : [`it holds ${vip}`]),
        heartbeat: mustBeStopped,
      }),
      ...examine(evidence, survivor, { copy: toLines }),
    ],
    recheck: sh`
      reasons=$(
      ${NOT_COMPLETE}
      ) && [ -z "$reasons" ]`,
    demands: [
      COMPLETE,
      {
        that: 'heartbeat is stopped there (inactive or failed)',
        of: 'peers',
        asks: ['heartbeat'],
        holds: isStopped,
      },
      { that: `it does not hold ${vip}`, of: 'peers', asks: ['service'], holds: sh`[ -z "$said_service" ]` },
      {
        that: 'its database takes no writes',
        of: 'peers',
        asks: ['promotion'],
        holds: sh`[ "$said_promotion" = stopped ]`,
      },
    ],
  }
}

const COMPLETE: Demand = {
  that: 'its copy of the database is complete',
  of: 'target',
  asks: ['copy'],
  holds: sh`[ -z "$said_copy" ]`,
}
