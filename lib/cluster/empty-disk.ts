import type { Demand, Guard } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { type Generation, HAS_NO_GENERATION, IS_NEW_GENERATION, readGeneration } from './drbd.ts'
import { each, examine } from './evidence.ts'
import { disk, generation, inWords, type ReplicatedDisk } from './questions.ts'

/**
 * Guards `drbdadm create-md`: nothing is on this disk, and the peer has no data either, since a new disk
 * beside data is the replacement of a node, which starts from what the peer holds.
 */
export function emptyDisk({ resource, disks }: ReplicatedDisk): Guard {
  return {
    protects: `the disks below DRBD resource ${resource}`,
    hosts: Object.keys(disks),
    ask: { disk: disk(disks), generation: generation(resource) },
    refuse: (evidence, host) => [
      ...examine(evidence, host, mustBeBare(disks[host] ?? '')),
      ...Object.keys(disks)
        .filter((peer) => peer !== host)
        .flatMap((peer) => examine(evidence, peer, { generation: mustHoldNoData })),
    ],
    recheck: areEmpty(disks),
    demands: [
      ...BARE_DISK,
      {
        that: 'its copy holds no data: no metadata, or new ones',
        of: 'peers',
        asks: ['generation'],
        holds: sh`
          { ${HAS_NO_GENERATION}; } || ${IS_NEW_GENERATION}`,
      },
    ],
  }
}

/** What a node must say of the disk that is to get metadata: it carries nothing, and nobody uses it. */
export function mustBeBare(path: string) {
  return { disk: (text: string) => mustBeUnused(text, path), generation: mustBeNone }
}

/** What `mustBeBare` says, of the node concerned. */
export const BARE_DISK: readonly Demand[] = [
  {
    that: 'nothing is on its disk, and nobody uses it',
    of: 'target',
    asks: ['disk'],
    holds: sh`[ -z "$said_disk" ]`,
  },
  {
    that: 'its disk has no metadata of DRBD yet',
    of: 'target',
    asks: ['generation'],
    holds: HAS_NO_GENERATION,
  },
]

/** For the command that makes the metadata: nothing is on the disk of this host. */
export function areEmpty(disks: ReplicatedDisk['disks']): Shell {
  return each(Object.fromEntries(Object.entries(disks).map(([host, path]) => [host, isEmpty(path)])))
}

/** A condition of the shell. */
export function isEmpty(path: string): Shell {
  return sh`types=$(wipefs --noheadings --output TYPE ${path}) && [ -z "$types" ]`
}

function mustBeUnused(text: string, path: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `${path} ${inWords(line)}`)
}

function mustBeNone(text: string): string[] {
  const found = readGeneration(text)
  return found === 'none' ? [] : [describe(found, 'the disk already has DRBD metadata')]
}

function mustHoldNoData(text: string): string[] {
  const found = readGeneration(text)
  if (found === 'none' || found === 'new') return []
  return [describe(found, 'its copy holds data already: this is the replacement of a node, not a new pair')]
}

function describe(found: Generation | undefined, otherwise: string): string {
  return found === undefined ? 'what drbdadm says of its metadata is not understood' : otherwise
}
