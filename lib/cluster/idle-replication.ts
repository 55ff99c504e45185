import { replicationHolds, replicationProblems, type Wanted } from './drbd.ts'
import { type DrbdVersion, drbdState } from './drbd-state.ts'
import { examine } from './evidence.ts'
import type { GuardPart } from './guard-part.ts'

const IDLE: Wanted = { role: ['Secondary'] }

/**
 * What heartbeat's guard asks of a DRBD device: it asks for the first resource of its group alone and, where that one
 * runs already, takes the whole group for running (req_resource), so nothing may be up where it is about to start.
 */
export function idleReplication(minor: number, version?: DrbdVersion): GuardPart {
  return {
    ask: { replication: drbdState(version) },
    refuse: (evidence, host) =>
      examine(evidence, host, { replication: (text) => replicationProblems(text, minor, IDLE) }),
    demands: [
      {
        that: 'it is Secondary: nothing uses its storage yet',
        of: 'target',
        asks: ['replication'],
        holds: replicationHolds(minor, IDLE),
      },
    ],
  }
}
