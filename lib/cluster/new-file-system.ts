import type { Guard } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { replicationHolds, replicationProblems, replicationWords, type Wanted } from './drbd.ts'
import { drbdState } from './drbd-state.ts'
import { examine } from './evidence.ts'
import { mustBeStopped, STOPPED } from './heartbeat-state.ts'
import { disk, HEARTBEAT, inWords, type ReplicatedDisk } from './questions.ts'

const SOLE_PRIMARY: Wanted = {
  connection: ['Connected', 'SyncSource'],
  role: ['Primary'],
  peerRole: ['Secondary'],
  disk: ['UpToDate'],
}

/**
 * Guards mkfs on a DRBD device: its copy on either node holds nothing but DRBD's own metadata. The disks
 * below are looked at, because a Secondary does not let its device be read.
 */
export function newFileSystem({ resource, minor, disks, version }: ReplicatedDisk): Guard {
  const hosts = Object.keys(disks)
  return {
    protects: `the data on DRBD resource ${resource}`,
    hosts,
    ask: { replication: drbdState(version), disk: disk(disks), heartbeat: HEARTBEAT },
    refuse: (evidence, host) => [
      ...examine(evidence, host, { replication: (text) => replicationProblems(text, minor, SOLE_PRIMARY) }),
      ...hosts.flatMap((one) =>
        examine(evidence, one, { disk: (text) => mustHoldOnlyDrbd(text, minor), heartbeat: mustBeStopped }),
      ),
    ],
    recheck: sh`types=$(wipefs --noheadings --output TYPE ${`/dev/drbd${minor}`}) && [ -z "$types" ]`,
    demands: [
      {
        that: `DRBD says of device ${minor}: ${replicationWords(SOLE_PRIMARY)}`,
        of: 'target',
        asks: ['replication'],
        holds: replicationHolds(minor, SOLE_PRIMARY),
      },
      {
        that: 'the disk below holds the metadata of DRBD and nothing else',
        of: 'all',
        asks: ['disk'],
        holds: holdsOnlyDrbd(minor),
      },
      STOPPED,
    ],
  }
}

function holdsOnlyDrbd(minor: number): Shell {
  return sh`
    printf '%s\\n' "$said_disk" | grep -qx 'holds drbd' &&
      [ -z "$(printf '%s\\n' "$said_disk" | grep -vx -e 'holds drbd' -e ${`used by drbd${minor}`})" ]`
}

function mustHoldOnlyDrbd(text: string, minor: number): string[] {
  const found = text.split('\n').filter((line) => line !== '')
  const own = ['holds drbd', `used by drbd${minor}`]
  if (!found.includes('holds drbd')) return ['its disk does not show the metadata of DRBD']
  return found.filter((line) => !own.includes(line)).map((line) => `its disk ${inWords(line)}`)
}
