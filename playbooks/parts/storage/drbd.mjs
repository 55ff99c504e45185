// Files on a disk that DRBD mirrors: a file system that the active node alone mounts.
import { play, sh } from 'runsheet'
import { idleReplication } from 'runsheet/cluster'
import { kernelModule } from 'runsheet/resources'
import { mountedByHand, promoted, released, sharedFilesystem } from './by-hand.mjs'
import { minorOf, readDrbd, readMount, readOutOfSync } from './conditions.mjs'
import { drbdFindings } from './drbd-findings.mjs'
import * as resource from './drbd-resource.mjs'
import { bareMountPoint } from './mount-point.mjs'
import { rejoin, replace } from './return.mjs'

/** @typedef {import('../cluster.mjs').Cluster} Cluster */
/** @typedef {import('../cluster.mjs').Component} Component */
/** @typedef {import('../cluster.mjs').State} State */
/** @typedef {import('../variables.mjs').Drbd} Drbd */

/**
 * @param {Drbd} storage
 * @returns {Component}
 */
export function drbd(storage) {
  const { device, mount, filesystem } = storage
  return {
    packages: ['drbd-utils'],
    daemons: ['drbd'],
    files: [`/etc/drbd.d/${storage.resource}.res`],
    idle: () => [idleReplication(minorOf(device))],
    peerReady: sh`grep -q ${`^ *${minorOf(device)}: cs:Connected ro:Primary/Secondary ds:UpToDate/UpToDate `} /proc/drbd`,
    resources: [`drbddisk::${storage.resource}`, `Filesystem::${device}::${mount}::${filesystem}`],
    state: state(storage),
    configuration: ({ nodes, units }) => [
      kernelModule({ name: 'drbd' }),
      ...bareMountPoint(storage, units),
      resource.drbdConfiguration(storage, nodes),
    ],
    prepare: (cluster) => prepare(storage, cluster),
    release: ({ home }) => [play('storage left to heartbeat', [home], () => [released(storage)])],
    acquaint: ({ nodes }) => [resource.drbdConfiguration(storage, nodes)],
    replace: (cluster, node) => replace(storage, cluster, node),
    rejoin: (cluster, node) => rejoin(storage, cluster, node),
    settle: () => [resource.copiesAreGood(storage)],
  }
}

/**
 * @param {Drbd} storage
 * @param {Cluster} cluster
 */
function prepare(storage, { nodes, home }) {
  const replicated = resource.replicated(storage, nodes)
  // One task for both nodes where it is guarded: they are judged together, on the same evidence.
  const metadata = resource.metadata(replicated)
  return [
    play('DRBD metadata', nodes, () => [metadata]),
    play('DRBD connection', nodes, () => resource.connection(storage)),
    play('first copy', [home], () => [resource.firstSynchronization(replicated)]),
    // As long as heartbeat is not in charge, the home node uses the storage by hand, and lets it go again.
    play('storage by hand', [home], () => [promoted(storage, replicated)]),
    play('shared file system', [home], () => [sharedFilesystem(storage, replicated)]),
    play('storage mounted by hand', [home], () => [mountedByHand(storage)]),
  ]
}

/**
 * @param {Drbd} storage
 * @returns {State}
 */
function state(storage) {
  return {
    read: sh`
      ${readMount(storage)}
      ${readDrbd(storage)}
      ${readOutOfSync(storage)}`,
    names: ['mounted', 'connection', 'roles', 'disks', 'oos'],
    here: { mounted: 'yes', roles: 'Primary/Secondary' },
    elsewhere: { mounted: 'no', roles: 'Secondary/Primary' },
    tell: ({ mounted, roles, disks }) => [
      roles ? `${own(roles)} ${own(disks)}` : 'no DRBD',
      `${storage.mount} ${mounted === 'yes' ? 'mounted' : 'not mounted'}`,
    ],
    judge: (looks) => drbdFindings(storage.resource, looks),
  }
}

/**
 * Of `mine/peer's`.
 *
 * @param {string | undefined} words
 */
function own(words = '') {
  return words.split('/')[0] ?? ''
}
