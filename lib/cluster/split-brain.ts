import type { Demand, Evidence, Guard } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import {
  readReplication,
  replicationHolds,
  replicationProblems,
  replicationWords,
  type Wanted,
} from './drbd.ts'
import { drbdState } from './drbd-state.ts'
import { each, examine } from './evidence.ts'
import { descentOf, parting } from './generations.ts'
import { heartbeatRuns } from './heartbeat-runs.ts'
import { isStopped, mustBeStopped } from './heartbeat-state.ts'
import { HEARTBEAT, holds, type ReplicatedDisk } from './questions.ts'

/** A split brain and what a person has decided about it. */
export interface SplitBrain extends ReplicatedDisk {
  /** The node whose changes since the parting are lost. */
  victim: string
  /** The address of the service: whoever holds it serves. */
  vip: string
  /** The victim may be the one that serves: then the service moves. */
  interrupt: boolean
  /** Where an image of the victim's copy is kept, on the victim. */
  keep?: KeptCopy
}

/** A place on the victim for an image of its copy. */
export interface KeptCopy {
  folder: string
  /** Prints the path of an image of the copy as it is now: another one after each write, so that none of before is taken for it. */
  image: Shell
}

const APART: Wanted = { connection: ['StandAlone', 'WFConnection'] }
const GOOD: Wanted = { ...APART, disk: ['UpToDate'] }
const ALONE: Wanted = { connection: ['StandAlone'] }

/**
 * Guards the first step against the victim of a split brain: both copies have changes of their own, DRBD itself has seen
 * that, and the survivor's copy is a good one and, if any node serves, the one that serves.
 */
export function splitBrain(split: SplitBrain): Guard {
  const { resource, minor, disks, victim, vip, keep, version } = split
  const hosts = Object.keys(disks)
  const survivor = hosts.find((host) => host !== victim) ?? victim
  return {
    protects: `the changes on ${victim} to DRBD resource ${resource}`,
    hosts,
    ask: {
      replication: drbdState(version),
      generation: sh`drbdadm get-gi ${resource}`,
      parting: parting(resource),
      service: holds(vip),
      heartbeat: HEARTBEAT,
      ...(keep && { room: each(roomOn(split, survivor, keep)) }),
    },
    refuse: (evidence) => {
      const reasons = hosts.flatMap((host) =>
        examine(evidence, host, {
          replication: (text) => replicationProblems(text, minor, host === victim ? APART : GOOD),
          generation: () => [],
          service: (text) => (host === victim ? mayLoseService(split, text) : []),
          heartbeat: () => [],
          ...(keep && { room: (text: string) => (text.trim() === 'enough' ? [] : [text.trim()]) }),
        }),
      )
      if (reasons.length > 0) return reasons
      return [...mustHaveMet(evidence, split, survivor), ...mustBeTakenOver(evidence, split, survivor)]
    },
    recheck: sh`${drbdState(version)} | grep -Eq ${`^ *${minor}: cs:(StandAlone|WFConnection) `}`,
    demands: demands(split),
  }
}

/** Guards `connect --discard-my-data`: the same, and nobody uses the victim's copy, which is kept aside. */
export function discardedCopy(split: SplitBrain): Guard {
  const { minor, victim, keep, version } = split
  const { keep: _, ...without } = split
  const before = splitBrain(without)
  const idle: Wanted = { role: ['Secondary'] }
  return {
    ...before,
    ask: { ...before.ask, ...(keep && { kept: onVictim(split, imageIn(keep)) }) },
    refuse: (evidence, host) => [
      ...before.refuse(evidence, host),
      ...examine(evidence, victim, {
        replication: (text) => replicationProblems(text, minor, idle),
        heartbeat: mustBeStopped,
        ...(keep && { kept: () => [] }),
      }),
    ],
    recheck: sh`
      ${drbdState(version)} |
        grep -Eq ${`^ *${minor}: cs:(StandAlone|WFConnection) ro:Secondary/`} &&
        ! ${heartbeatRuns}${keep ? sh` && [ -f "$(${keep.image})" ]` : sh``}`,
    demands: [
      ...demands(without),
      {
        that: 'heartbeat is stopped there (inactive or failed), and it is Secondary',
        of: 'target',
        asks: ['heartbeat', 'replication'],
        holds: sh`
          { ${isStopped}; } && ${replicationHolds(minor, idle)}`,
      },
      ...(keep ? [isKept] : []),
    ],
  }
}

const isKept: Demand = {
  that: 'an image of its copy, as it is now, is kept aside',
  of: 'target',
  asks: ['kept'],
  holds: sh`[ -n "$said_kept" ]`,
}

function imageIn({ folder, image }: KeptCopy): Shell {
  const none = `no image of its copy, as it is now, is in ${folder}: begin again with the first step`
  return sh`ls -l "$(${image})" 2>/dev/null || { echo ${none} >&2; false; }`
}

/** Room for all of the disk, and something over, since a full disk is a failure of its own. */
function roomOn({ disks, victim }: SplitBrain, survivor: string, { folder, image }: KeptCopy) {
  const room = sh`
    if [ -f "$(${image})" ]; then echo enough; else
      folder=${folder}
      until [ -d "$folder/" ]; do folder=\${folder%/*}; done
      free=$(df -Pk "$folder/" | awk 'END { print $4 }') && bytes=$(blockdev --getsize64 ${disks[victim] ?? ''}) &&
        if [ "$free" -gt "$((bytes / 1024 + 65536))" ]; then echo enough; else
          echo ${folder}" has $free KiB free, and an image of its copy may take $((bytes / 1024)) and 65536 to spare"
        fi
    fi`
  return { [survivor]: sh`echo enough`, [victim]: room }
}

function onVictim({ disks, victim }: SplitBrain, question: Shell): Shell {
  const hosts = Object.keys(disks)
  return each(Object.fromEntries(hosts.map((host) => [host, host === victim ? question : sh`:`])))
}

function mayLoseService({ vip, interrupt }: SplitBrain, text: string): string[] {
  if (text.trim() === '' || interrupt) return []
  return [
    `it holds ${vip}: the clients work with its copy; name the other node, or add -e interrupt=${vip} where its changes are the ones to lose`,
  ]
}

function mustHaveMet(evidence: Evidence, { minor, victim }: SplitBrain, survivor: string): string[] {
  const said = (host: string, question: string) => evidence.get(host)?.[question]?.stdout ?? ''
  const met = [victim, survivor].some(
    (host) => readReplication(said(host, 'replication'), minor)?.connection === 'StandAlone',
  )
  const descent = descentOf(said(victim, 'generation'), said(survivor, 'generation'))
  return [
    ...(met
      ? []
      : [
          `${victim} and ${survivor}: neither stands alone, so they have not met since; mend the network first`,
        ]),
    ...(descent === 'apart' ? [] : [noSplit(descent, victim, survivor)]),
  ]
}

function noSplit(descent: ReturnType<typeof descentOf>, victim: string, survivor: string): string {
  const both = `${victim} and ${survivor}`
  if (descent === undefined)
    return `${both}: what DRBD says of their generations of data is no proof of anything`
  if (descent === 'strangers') return `${both}: their copies have no common past, so this is no split brain`
  if (descent === 'first is newer')
    return `${victim}: it has all that ${survivor} has, and more: a wrong victim`
  return `${both}: their copies have not gone different ways, so nobody has to lose anything; rejoin ${victim}`
}

function mustBeTakenOver(evidence: Evidence, split: SplitBrain, survivor: string): string[] {
  const serves = evidence.get(split.victim)?.service?.stdout.trim() !== ''
  const alive = evidence.get(survivor)?.heartbeat?.stdout.trim() === 'active'
  return serves && !alive
    ? [`${survivor}: its heartbeat is not active, so nobody would take over from ${split.victim}`]
    : []
}

/** Stricter than the guard, to which one that stands alone is enough: a runbook sees one host at a time. */
function haveParted({ minor }: SplitBrain): Demand[] {
  return [
    {
      that: `DRBD says of device ${minor}: ${replicationWords(ALONE)}`,
      of: 'target',
      asks: ['replication'],
      holds: replicationHolds(minor, ALONE),
    },
    {
      that: `DRBD says of device ${minor}: ${replicationWords(GOOD)}`,
      of: 'peers',
      asks: ['replication'],
      holds: replicationHolds(minor, GOOD),
    },
    {
      that: 'its copy has changes that the peer lacks',
      of: 'all',
      asks: ['parting'],
      holds: sh`[ -n "$said_parting" ]`,
    },
    { that: 'both copies went different ways from one state', of: 'all', asks: ['parting'] },
  ]
}

function demands(split: SplitBrain): Demand[] {
  const { vip, interrupt, keep } = split
  const room: Demand = {
    that: `there is room in ${keep?.folder}`,
    of: 'target',
    asks: ['room'],
    holds: sh`[ "$said_room" = enough ]`,
  }
  return [...haveParted(split), interrupt ? TAKES_OVER : isIdle(vip), ...(keep ? [room] : [])]
}

const TAKES_OVER: Demand = {
  that: 'its heartbeat is active, to take the service over',
  of: 'peers',
  asks: ['heartbeat'],
  holds: sh`[ "$said_heartbeat" = active ]`,
}

function isIdle(vip: string): Demand {
  return {
    that: `it does not hold ${vip}`,
    of: 'target',
    asks: ['service'],
    holds: sh`[ -z "$said_service" ]`,
  }
}
