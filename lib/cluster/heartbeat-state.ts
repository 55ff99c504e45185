import type { Demand } from '../resource/contract.ts'
import { sh } from '../shell/sh.ts'
import { examine } from './evidence.ts'
import type { GuardPart } from './guard-part.ts'
import { HEARTBEAT } from './questions.ts'

/**
 * Heartbeat must be in no way alive: one that is starting, stopping or reloading may move resources at any
 * moment. After a failure nothing runs any more that could.
 */
export function mustBeStopped(text: string): string[] {
  const state = text.trim()
  return state === 'inactive' || state === 'failed' ? [] : [`heartbeat is ${state || 'in an unknown state'}`]
}

/** The same as shell that finds the answer in `$said_heartbeat`. */
export const isStopped = sh`case $said_heartbeat in inactive | failed) ;; *) false ;; esac`

/** The same for a runbook. */
export const STOPPED: Demand = {
  that: 'heartbeat is stopped there (inactive or failed)',
  of: 'all',
  asks: ['heartbeat'],
  holds: isStopped,
}

/** Nobody but this run moves anything. */
export function stoppedHeartbeat(hosts: readonly string[]): GuardPart {
  return {
    ask: { heartbeat: HEARTBEAT },
    refuse: (evidence) => hosts.flatMap((host) => examine(evidence, host, { heartbeat: mustBeStopped })),
    demands: [STOPPED],
  }
}
