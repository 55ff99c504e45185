import type { Evidence, Guard } from '../resource/contract.ts'
import { sh } from '../shell/sh.ts'
import {
  readGeneration,
  replicationHolds,
  replicationProblems,
  replicationWords,
  type Wanted,
} from './drbd.ts'
import { drbdState } from './drbd-state.ts'
import { areEmpty, BARE_DISK, mustBeBare } from './empty-disk.ts'
import { each, examine } from './evidence.ts'
import { isStopped, mustBeStopped } from './heartbeat-state.ts'
import { disk, generation, HEARTBEAT, type ReplicatedDisk } from './questions.ts'

/** The survivor: it serves, its copy is good, and nobody is connected to it. */
const SERVES_ALONE: Wanted = {
  connection: ['WFConnection', 'StandAlone'],
  role: ['Primary'],
  disk: ['UpToDate'],
}

/**
 * Guards `drbdadm create-md` on a machine that takes the place of a dead one: nothing is on its disk, which is as large as
 * the survivor's, and the survivor serves from a good copy, alone. It is the opposite of a new pair, where no data may be.
 */
export function replacedDisk({ resource, minor, disks, version }: ReplicatedDisk, newcomer: string): Guard {
  const hosts = Object.keys(disks)
  const survivors = hosts.filter((host) => host !== newcomer)
  return {
    protects: `the disk of ${newcomer} below DRBD resource ${resource}`,
    hosts,
    ask: {
      disk: disk(disks),
      generation: generation(resource),
      size: each(
        Object.fromEntries(
          Object.entries(disks).map(([host, path]) => [host, sh`blockdev --getsize64 ${path}`]),
        ),
      ),
      replication: drbdState(version),
      heartbeat: HEARTBEAT,
    },
    refuse: (evidence) => [
      ...examine(evidence, newcomer, {
        ...mustBeBare(disks[newcomer] ?? ''),
        heartbeat: mustBeStopped,
        size: mustBeKnown,
      }),
      ...survivors.flatMap((host) =>
        examine(evidence, host, {
          replication: (text) => replicationProblems(text, minor, SERVES_ALONE),
          generation: mustHoldData,
          heartbeat: (text) =>
            text.trim() === 'active' ? [] : [`heartbeat is ${text.trim() || 'in an unknown state'}`],
          size: (text) => mustFit(evidence, newcomer, text),
        }),
      ),
    ],
    recheck: areEmpty(disks),
    demands: [
      ...BARE_DISK,
      { that: 'heartbeat is stopped there', of: 'target', asks: ['heartbeat'], holds: isStopped },
      {
        that: `DRBD says of device ${minor}: ${replicationWords(SERVES_ALONE)}`,
        of: 'peers',
        asks: ['replication'],
        holds: replicationHolds(minor, SERVES_ALONE),
      },
      {
        that: 'its copy holds data',
        of: 'peers',
        asks: ['generation'],
        holds: sh`printf '%s\\n' "$said_generation" | grep -E '^[0-9A-F]{16}:' | grep -qv '^0000000000000004:'`,
      },
      {
        that: 'its heartbeat is active',
        of: 'peers',
        asks: ['heartbeat'],
        holds: sh`[ "$said_heartbeat" = active ]`,
      },
      {
        that: 'the size of its disk is known',
        of: 'all',
        asks: ['size'],
        holds: sh`case $said_size in '' | *[!0-9]*) false ;; esac`,
      },
      // Stricter than the guard, to which a larger one is as good: a runbook can only compare for equality.
      { that: 'the disks are of one size', of: 'all', asks: ['size'] },
    ],
  }
}

function mustHoldData(text: string): string[] {
  return readGeneration(text) === 'data'
    ? []
    : ['its copy holds no data, so there is nothing to replace a node from']
}

/** An answer without a number is no size: as a number it would be 0, and any disk as large as that. */
function mustBeKnown(size: string): string[] {
  return /^\d+$/.test(size.trim()) ? [] : [`the size of its disk is not understood: '${size.trim()}'`]
}

/** Both sizes in bytes. DRBD would refuse a smaller one as well, when all is written that leads there. */
function mustFit(evidence: Evidence, newcomer: string, size: string): string[] {
  const own = Number(evidence.get(newcomer)?.size?.stdout)
  if (own >= Number(size)) return mustBeKnown(size)
  return [`its disk has ${size.trim()} bytes, that of ${newcomer} only ${own}`]
}
