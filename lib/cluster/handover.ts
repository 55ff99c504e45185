import type { Demand, Guard } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { replicationHolds, replicationProblems, replicationWords, type Wanted } from './drbd.ts'
import { type DrbdVersion, drbdState } from './drbd-state.ts'
import { each, examine } from './evidence.ts'
import { HEARTBEAT, holds, whichExist } from './questions.ts'

/** A group of resources that is about to move from one node of a pair to the other. */
export interface Handover {
  /** The node that has it, and the one that shall have it. */
  from: string
  to: string
  /** The address that the group ends with: who holds it has the group. */
  address: string
  /** Files that a restore has on a node until it has ended well: what is there till then is no state to move. */
  unfinished: readonly string[]
}

/** What cl_status(1) says of a node that has its group, or nothing; while something moves it says `transition`. */
const AT_REST = ['none', 'local', 'foreign', 'all']

/**
 * Guards the order to heartbeat to move its group: the group is where it is thought to be and whole, both heartbeats run and
 * hear each other, and neither is moving anything.
 */
export function handover({ from, to, address, unfinished }: Handover): Guard {
  const hosts = [from, to]
  const usual = {
    heartbeat: (text: string) => must(text, ['active'], 'heartbeat is'),
    membership: (text: string) => must(text, ['active'], 'to its heartbeat the other node is'),
    resources: (text: string) => must(text, AT_REST, 'its heartbeat says of its resources:'),
    unfinished: mustBeFinished,
  }
  return {
    protects: 'the service, which must not stop between two nodes',
    hosts,
    ask: {
      heartbeat: HEARTBEAT,
      membership: each({ [from]: peerOf(to), [to]: peerOf(from) }),
      resources: sh`cl_status rscstatus`,
      address: holds(address),
      unfinished: whichExist(unfinished),
    },
    refuse: (evidence) => [
      ...hosts.flatMap((host) => examine(evidence, host, usual)),
      ...examine(evidence, from, { address: (text) => (text ? [] : [`it does not hold ${address}`]) }),
      ...examine(evidence, to, { address: (text) => (text ? [`it holds ${address} already`] : []) }),
    ],
    recheck: sh`
      [ "$(${peerOf(from)})" = active ] && [ -z "$(
      ${whichExist(unfinished)}
      )" ]`,
    demands: [
      all('no restore is at work there or has failed', 'unfinished', sh`[ -z "$said_unfinished" ]`),
      all('heartbeat is active there', 'heartbeat', sh`[ "$said_heartbeat" = active ]`),
      all('its heartbeat hears the other node', 'membership', sh`[ "$said_membership" = active ]`),
      all(
        'its heartbeat moves nothing',
        'resources',
        sh`case $said_resources in none | local | foreign | all) ;; *) false ;; esac`,
      ),
      { that: `it holds ${address}`, of: 'peers', asks: ['address'], holds: sh`[ -n "$said_address" ]` },
      {
        that: `it does not hold ${address}`,
        of: 'target',
        asks: ['address'],
        holds: sh`[ -z "$said_address" ]`,
      },
    ],
  }
}

/** Guards the same for a mirrored disk: the copy that is about to be used holds every write of the other one. */
export function diskHandover(
  { from, to }: Pick<Handover, 'from' | 'to'>,
  minor: number,
  version?: DrbdVersion,
): Guard {
  const wanted = { [from]: good('Primary', 'Secondary'), [to]: good('Secondary', 'Primary') }
  const demand = (of: Demand['of'], copy: Wanted): Demand => ({
    that: `DRBD says of device ${minor}: ${replicationWords(copy)}`,
    of,
    asks: ['replication'],
    holds: replicationHolds(minor, copy),
  })
  return {
    protects: `the writes on /dev/drbd${minor}`,
    hosts: [from, to],
    ask: { replication: drbdState(version) },
    refuse: (evidence) =>
      Object.entries(wanted).flatMap(([host, copy]) =>
        examine(evidence, host, { replication: (text) => replicationProblems(text, minor, copy) }),
      ),
    recheck: sh`${drbdState(version)} | grep -q ${`^ *${minor}: cs:Connected ro:Secondary/Primary ds:UpToDate/UpToDate `}`,
    demands: [demand('target', good('Secondary', 'Primary')), demand('peers', good('Primary', 'Secondary'))],
  }
}

function good(role: string, peerRole: string): Wanted {
  return {
    connection: ['Connected'],
    role: [role],
    peerRole: [peerRole],
    disk: ['UpToDate'],
    peerDisk: ['UpToDate'],
  }
}

function peerOf(node: string): Shell {
  return sh`cl_status nodestatus ${node}`
}

function mustBeFinished(text: string): string[] {
  if (text.trim() === '') return []
  const files = text.trim().split('\n').join(', ')
  return [
    `a restore is at work there or has failed (${files}); run restore.mjs again, and move the service then`,
  ]
}

function must(text: string, allowed: readonly string[], about: string): string[] {
  const word = text.trim()
  return allowed.includes(word) ? [] : [`${about} '${word}', not ${allowed.join(' or ')}`]
}

function all(that: string, question: string, holds: Shell): Demand {
  return { that, of: 'all', asks: [question], holds }
}
