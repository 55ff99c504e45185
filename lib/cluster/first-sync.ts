import type { Guard } from '../resource/contract.ts'
import { sh } from '../shell/sh.ts'
import {
  IS_NEW_GENERATION,
  readGeneration,
  replicationHolds,
  replicationProblems,
  replicationWords,
  type Wanted,
} from './drbd.ts'
import { drbdState } from './drbd-state.ts'
import { examine } from './evidence.ts'
import { mustBeStopped, STOPPED } from './heartbeat-state.ts'
import { generation, HEARTBEAT, type ReplicatedDisk } from './questions.ts'

const FRESH: Wanted = {
  connection: ['Connected'],
  role: ['Secondary'],
  peerRole: ['Secondary'],
  disk: ['Inconsistent'],
  peerDisk: ['Inconsistent'],
}

/**
 * Guards `drbdadm primary --force`, which overwrites the peer's copy with this node's: both are connected,
 * both say that they never held data, and no heartbeat could promote at the same moment.
 */
export function firstSync({ resource, minor, disks, version }: ReplicatedDisk): Guard {
  const hosts = Object.keys(disks)
  const checks = {
    replication: (text: string) => replicationProblems(text, minor, FRESH),
    generation: mustBeNew,
    heartbeat: mustBeStopped,
  }
  return {
    protects: `both copies of DRBD resource ${resource}`,
    hosts,
    ask: { replication: drbdState(version), generation: generation(resource), heartbeat: HEARTBEAT },
    refuse: (evidence) => hosts.flatMap((host) => examine(evidence, host, checks)),
    recheck: sh`
      ${drbdState(version)} |
        grep -q ${`^ *${minor}: cs:Connected ro:Secondary/Secondary ds:Inconsistent/Inconsistent `} &&
        case $(drbdadm get-gi ${resource}) in 0000000000000004:*) ;; *) false ;; esac`,
    demands: [
      {
        that: `DRBD says of device ${minor}: ${replicationWords(FRESH)}`,
        of: 'all',
        asks: ['replication'],
        holds: replicationHolds(minor, FRESH),
      },
      {
        that: 'its metadata are new: this copy never held data',
        of: 'all',
        asks: ['generation'],
        holds: IS_NEW_GENERATION,
      },
      STOPPED,
    ],
  }
}

function mustBeNew(text: string): string[] {
  const found = readGeneration(text)
  if (found === 'new') return []
  if (found === 'data') return ['its copy holds data already']
  return ['what drbdadm says of its metadata is no proof that it is new']
}
