import type { Demand, Evidence, Guard } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { AUTHKEYS } from './cluster-key.ts'
import {
  readReplication,
  replicationHolds,
  replicationProblems,
  replicationWords,
  type Wanted,
} from './drbd.ts'
import { drbdState } from './drbd-state.ts'
import { examine } from './evidence.ts'
import { descentOf, parting } from './generations.ts'
import { HEARTBEAT, holds, type ReplicatedDisk } from './questions.ts'

/** A node that comes back after a failure. */
export interface Rejoining {
  hosts: readonly string[]
  node: string
  /** The address of the service, which the other node holds. */
  vip: string
  /** What DRBD mirrors, where it does. */
  replicated?: ReplicatedDisk
}

const SERVES: Wanted = { role: ['Primary'], disk: ['UpToDate'] }
const IDLE: Wanted = { role: ['Secondary', 'Unconfigured'] }

/**
 * Guards every step that brings a node back: the other one serves from a good copy and stays the one that serves, this one
 * has nothing of the service, and what it holds is not newer than what it will be given.
 */
export function rejoinedNode({ hosts, node, vip, replicated }: Rejoining): Guard {
  const peers = hosts.filter((host) => host !== node)
  const minor = replicated?.minor ?? 0
  return {
    protects: `the service at ${vip}`,
    hosts,
    ask: {
      service: holds(vip),
      heartbeat: HEARTBEAT,
      failback: sh`awk '$1 == "auto_failback" { print $2 }' /etc/ha.d/ha.cf`,
      key: sh`sha256sum <${AUTHKEYS}`,
      ...(replicated && {
        // Before the first `drbdadm up` after a boot the kernel knows nothing of DRBD.
        replication: sh`if [ -r /proc/drbd ]; then ${drbdState(replicated.version)}; fi`,
        generation: sh`drbdadm get-gi ${replicated.resource}`,
        parting: parting(replicated.resource),
      }),
    },
    refuse: (evidence) => {
      const settings = { failback: mustBeOff, key: () => [], ...(replicated && { generation: () => [] }) }
      const reasons = [
        ...hosts.flatMap((host) => examine(evidence, host, settings)),
        ...examine(evidence, node, {
          service: (text) =>
            text.trim() === '' ? [] : [`it holds ${vip}: it is the active one, name the other`],
          ...(replicated && { replication: (text) => mustBeIdle(text, minor) }),
        }),
        ...peers.flatMap((host) =>
          examine(evidence, host, {
            service: (text) =>
              text.trim() === '' ? [`it does not hold ${vip}: there is no active node to rejoin`] : [],
            heartbeat: (text) =>
              text.trim() === 'active' ? [] : [`heartbeat is ${text.trim() || 'in an unknown state'}`],
            ...(replicated && { replication: (text) => replicationProblems(text, minor, SERVES) }),
          }),
        ),
      ]
      if (reasons.length > 0) return reasons
      return [...mustShareKey(evidence, hosts), ...(replicated ? mustDescend(evidence, node, peers) : [])]
    },
    recheck: sh`held=$(${holds(vip)}) && [ -z "$held" ]`,
    demands: demands(vip, replicated),
  }
}

function mustBeOff(text: string): string[] {
  return text.trim() === 'off'
    ? []
    : [
        `ha.cf says auto_failback ${text.trim() || '(nothing, which is on)'}: the node would take the service as it comes back`,
      ]
}

function mustBeIdle(text: string, minor: number): string[] {
  return readReplication(text, minor) ? replicationProblems(text, minor, IDLE) : []
}

function mustShareKey(evidence: Evidence, hosts: readonly string[]): string[] {
  const keys = new Set(hosts.map((host) => evidence.get(host)?.key?.stdout))
  return keys.size === 1
    ? []
    : [`${AUTHKEYS} differs between ${hosts.join(' and ')}: they would not hear each other`]
}

function mustDescend(evidence: Evidence, node: string, peers: readonly string[]): string[] {
  const said = (host: string) => evidence.get(host)?.generation?.stdout ?? ''
  return peers.flatMap((peer) => {
    const descent = descentOf(said(node), said(peer))
    if (descent === 'same' || descent === 'second is newer') return []
    if (descent === 'apart')
      return [
        `${node} and ${peer}: both copies have changes of their own (split brain); a person has to choose: resolve-split-brain.mjs -e victim=NODE`,
      ]
    if (descent === 'first is newer') return [`${node}: its copy is newer than that of ${peer}, which serves`]
    return [
      `${node} and ${peer}: their copies have no common past; is ${node} a new machine? Then replace-node.mjs is for it`,
    ]
  })
}

function demands(vip: string, replicated: ReplicatedDisk | undefined): Demand[] {
  const one = (of: Demand['of'], that: string, question: string, holds?: Shell): Demand => ({
    that,
    of,
    asks: [question],
    ...(holds && { holds }),
  })
  return [
    one('target', `it does not hold ${vip}`, 'service', sh`[ -z "$said_service" ]`),
    one('peers', `it holds ${vip}`, 'service', sh`[ -n "$said_service" ]`),
    one('peers', 'its heartbeat is active', 'heartbeat', sh`[ "$said_heartbeat" = active ]`),
    one('all', 'ha.cf says auto_failback off', 'failback', sh`[ "$said_failback" = off ]`),
    one('all', 'authkeys is the same on both', 'key'),
    ...(replicated ? ofCopies(replicated) : []),
  ]

  /** Stricter than the guard: a copy with changes of its own may still be the older one, which one host cannot tell. */
  function ofCopies({ minor }: ReplicatedDisk): Demand[] {
    const unseen = sh`! printf '%s\\n' "$said_replication" | grep -q ${`^ *${minor}: cs:`}`
    return [
      one(
        'peers',
        `DRBD says of device ${minor}: ${replicationWords(SERVES)}`,
        'replication',
        replicationHolds(minor, SERVES),
      ),
      one(
        'target',
        'DRBD is Secondary there, or not up',
        'replication',
        sh`
        ${unseen} || ${replicationHolds(minor, IDLE)}`,
      ),
      one(
        'all',
        'its copy has a generation of data',
        'generation',
        sh`
        printf '%s\\n' "$said_generation" | grep -E '^[0-9A-F]{16}:' | grep -qv '^0000000000000004:'`,
      ),
      one('target', 'its copy has no changes that the peer lacks', 'parting', sh`[ -z "$said_parting" ]`),
    ]
  }
}
