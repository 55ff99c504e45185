import type { Guard } from '../resource/contract.ts'
import { sh } from '../shell/sh.ts'
import { replicationHolds, replicationProblems, replicationWords, type Wanted } from './drbd.ts'
import { drbdState } from './drbd-state.ts'
import { examine } from './evidence.ts'
import { mustBeStopped, STOPPED } from './heartbeat-state.ts'
import { HEARTBEAT, type ReplicatedDisk } from './questions.ts'

const GOOD_COPY: Wanted = {
  connection: ['Connected', 'SyncSource'],
  role: ['Secondary'],
  peerRole: ['Secondary'],
  disk: ['UpToDate'],
}

const PASSIVE: Wanted = { role: ['Secondary'] }

/** Guards a promotion by hand, as long as heartbeat is not in charge: this copy is good and only here it is used. */
export function promotion({ resource, minor, disks, version }: ReplicatedDisk): Guard {
  const hosts = Object.keys(disks)
  return {
    protects: `DRBD resource ${resource}`,
    hosts,
    ask: { replication: drbdState(version), heartbeat: HEARTBEAT },
    refuse: (evidence, host) => [
      ...examine(evidence, host, { replication: (text) => replicationProblems(text, minor, GOOD_COPY) }),
      ...hosts
        .filter((peer) => peer !== host)
        .flatMap((peer) =>
          examine(evidence, peer, {
            replication: (text) => replicationProblems(text, minor, PASSIVE),
          }),
        ),
      ...hosts.flatMap((one) => examine(evidence, one, { heartbeat: mustBeStopped })),
    ],
    recheck: sh`${drbdState(version)} | grep -q ${`^ *${minor}: cs:[A-Za-z]* ro:[A-Za-z]*/Secondary ds:UpToDate/`}`,
    demands: [
      {
        that: `DRBD says of device ${minor}: ${replicationWords(GOOD_COPY)}`,
        of: 'target',
        asks: ['replication'],
        holds: replicationHolds(minor, GOOD_COPY),
      },
      {
        that: `DRBD says of device ${minor}: ${replicationWords(PASSIVE)}`,
        of: 'peers',
        asks: ['replication'],
        holds: replicationHolds(minor, PASSIVE),
      },
      STOPPED,
    ],
  }
}
