// Files on one disk that both nodes see: an ext4 that the active node alone mounts, and that refuses a second mount.
import { play, sh } from 'runsheet'
import {
  hasMark,
  idleMount,
  newSharedFileSystem,
  seenDisk,
  sharedDiskMark,
  soleMount,
  writeMark,
} from 'runsheet/cluster'
import { command, filesystem, mount } from 'runsheet/resources'
import { labelledRoot } from './by-hand.mjs'
import { byHand, readHolder, readMount } from './conditions.mjs'
import { bareMountPoint } from './mount-point.mjs'

/** @typedef {import('../cluster.mjs').Cluster} Cluster */
/** @typedef {import('../cluster.mjs').Component} Component */
/** @typedef {import('../cluster.mjs').State} State */
/** @typedef {import('../variables.mjs').Lun} Lun */

/**
 * A node notes every second in the file system that it has it (mmp); one that mounts it looks for 11 seconds whether
 * somebody does, instead of the 21 of mke2fs's own 5. What finds another's note is not written to any more.
 */
const MKFS = ['-O', 'mmp', '-E', 'mmp_update_interval=1', '-e', 'remount-ro']

/**
 * @param {Lun} storage
 * @returns {Component}
 */
export function lun(storage) {
  const { disk, mount: path, filesystem: type } = storage
  return {
    resources: [`Filesystem::${disk}::${path}::${type}`],
    state: state(storage),
    idle: ({ nodes }) => idleMount(shared(storage, nodes)),
    configuration: ({ units }) => bareMountPoint(storage, units),
    prepare: (cluster) => prepare(storage, cluster),
    handover: ({ nodes }) => seenDisk(shared(storage, nodes)),
    release: ({ home }) => [play('storage left to heartbeat', [home], () => [unmounted(storage)])],
  }
}

/**
 * @param {Lun} storage
 * @param {Cluster['nodes']} nodes
 */
function shared({ disk, mount: path }, nodes) {
  return { hosts: nodes.map(({ name }) => name), disk, source: disk, mount: path }
}

/**
 * @param {Lun} storage
 * @param {Cluster} cluster
 */
function prepare(storage, { platform, nodes, home }) {
  const { disk, filesystem: type } = storage
  const both = shared(storage, nodes)
  return [
    play('one disk', [home], () => [marked(disk, both)]),
    play('shared file system', [home], () => [
      filesystem({ device: disk, type, options: MKFS }, { guard: newSharedFileSystem(both) }),
    ]),
    // As long as heartbeat is not in charge, the home node uses the storage by hand, and lets it go again.
    play('storage mounted by hand', [home], () => [
      mount(
        { path: storage.mount, device: disk, filesystem: type, mounted: true },
        { when: byHand(storage), guard: soleMount(both) },
      ),
      ...labelledRoot(platform, storage),
    ]),
  ]
}

/**
 * @param {string} disk
 * @param {import('runsheet/cluster').SharedDisk} both
 */
function marked(disk, both) {
  return command(
    {
      name: `${disk} is marked, so that each node can tell that it is the same disk`,
      unless: sh`
        [ "$(blkid -p -s TYPE -o value ${disk})" = ext4 ] || {
        ${hasMark(disk)}
        }`,
      run: writeMark(disk),
      needs: ['blkid'],
    },
    { guard: sharedDiskMark(both) },
  )
}

/**
 * Heartbeat takes its group for running where its first resource runs, and starts none of the others: so it has to
 * find everything stopped.
 *
 * @param {import('../variables.mjs').Storage} storage
 */
export function unmounted(storage) {
  return command(
    {
      name: 'the storage is left to heartbeat',
      unless: sh`
        ${readMount(storage)}
        [ $mounted = no ]`,
      run: sh`umount ${storage.mount}`,
    },
    { when: byHand(storage) },
  )
}

/**
 * That nothing is mounted here does not tell that the peer serves: the file system itself knows who has it.
 *
 * @param {Lun} storage
 * @returns {State}
 */
function state(storage) {
  return {
    read: sh`
      ${readMount(storage)}
      ${readHolder(storage)}
      disk=missing
      [ ! -b ${storage.disk} ] || disk=seen`,
    names: ['mounted', 'disk', 'holder'],
    here: { mounted: 'yes', disk: 'seen', holder: 'own' },
    elsewhere: { mounted: 'no', disk: 'seen', holder: 'peer' },
    tell: ({ mounted, disk }) => [
      `${storage.mount} ${mounted === 'yes' ? 'mounted' : 'not mounted'}`,
      ...(disk === 'seen' ? [] : [`${storage.disk} is missing`]),
    ],
  }
}
