// Files on a disk that DRBD mirrors: a file system that the active node alone mounts.
import { play, sh } from 'runsheet'
import { diskHandover, drbdState, idleReplication } from 'runsheet/cluster'
import { file, kernelModule, template } from 'runsheet/resources'
import { resetter } from '../fencing/index.mjs'
import { labelledRoot, mountedByHand, promoted, released, sharedFilesystem } from './by-hand.mjs'
import { minorOf, readDrbd, readHeld, readMount, readOutOfSync } from './conditions.mjs'
import { bootUnit, dialectOf, END_OF_COPY, OUTDATER, outdating, promoter } from './dialects.mjs'
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
 * @param {import('../platforms/index.mjs').Platform} platform
 * @returns {Component}
 */
export function drbd(storage, { packages, heartbeat }) {
  const { device, mount, filesystem, version, port } = storage
  return {
    packages: packages.drbd[version],
    ports: [{ name: 'drbd', port }],
    daemons: [bootUnit(storage)],
    modules: ['drbd'],
    files: [`/etc/drbd.d/${storage.resource}.res`],
    idle: () => [idleReplication(minorOf(device), version)],
    directives: outdating(storage, heartbeat.programs),
    peerReady: isMirrored(storage),
    resources: [
      `${promoter(storage)}::${storage.resource}`,
      `Filesystem::${device}::${mount}::${filesystem}`,
    ],
    state: state(storage),
    configuration: ({ nodes, units, heartbeat: { deadtime } }, { vars }) => [
      kernelModule({ name: 'drbd' }),
      ...bareMountPoint(storage, units),
      ...(version === '9'
        ? [roleScript()]
        : handlers(storage, { programs: heartbeat.programs, deadtime, reset: resetter(vars.fencing) })),
      resource.drbdConfiguration(storage, nodes),
    ],
    asks: { drbd: sh`modinfo -F version drbd || :` },
    unfit: ({ drbd }) => unfit(version, drbd ?? ''),
    prepare: (cluster) => prepare(storage, cluster),
    handover: ({ nodes }, to) => {
      const from = nodes.find(({ name }) => name !== to.name)
      return diskHandover({ from: from?.name ?? '', to: to.name }, minorOf(device), version)
    },
    release: ({ home }) => [play('storage left to heartbeat', [home], () => [released(storage)])],
    acquaint: ({ nodes }) => [resource.drbdConfiguration(storage, nodes)],
    replace: (cluster, node) => replace(storage, cluster, node),
    rejoin: (cluster, node) => rejoin(storage, cluster, node),
    settle: () => [resource.copiesAreGood(storage)],
  }
}

function roleScript() {
  return program('/etc/ha.d/resource.d/drbdrole', 'drbdrole', {})
}

/**
 * What DRBD 8 calls by itself.
 *
 * @param {Drbd} storage
 * @param {{ programs: string, deadtime: number, reset: string }} values where the programs of heartbeat are, seconds, and how to
 *   have a node reset
 */
function handlers({ device }, values) {
  return [
    program(OUTDATER, 'outdate-peer', { ...values, minor: minorOf(device) }),
    program(END_OF_COPY, 'end-of-copy', {}),
  ]
}

/**
 * @param {string} path
 * @param {string} name of its template
 * @param {Readonly<Record<string, string | number>>} values
 */
function program(path, name, values) {
  const content = template(new URL(`../../templates/${name}`, import.meta.url), values)
  return file({ path, content, mode: '0755', owner: 'root', group: 'root' })
}

/**
 * No module yet is no contradiction: a package may bring it.
 *
 * @param {Drbd['version']} wanted
 * @param {string} found
 */
function unfit(wanted, found) {
  const dialect = dialectOf(found)
  if (found === '' || dialect === wanted) return []
  const advice = dialect ? `write version: '${dialect}' in its storage` : 'which is no version known here'
  return [`its kernel has DRBD ${found}, and the inventory says ${wanted}: ${advice}`]
}

/**
 * @param {Drbd} storage
 * @param {Cluster} cluster
 */
function prepare(storage, { platform, nodes, home }) {
  const replicated = resource.replicated(storage, nodes)
  // One task for both nodes where it is guarded: they are judged together, on the same evidence.
  const metadata = resource.metadata(replicated)
  return [
    play('DRBD metadata', nodes, () => [metadata]),
    play('DRBD connection', nodes, () => resource.connection(storage)),
    play('first copy', [home], () => [resource.firstSynchronization(storage, replicated)]),
    // As long as heartbeat is not in charge, the home node uses the storage by hand, and lets it go again.
    play('storage by hand', [home], () => [promoted(storage, replicated)]),
    play('shared file system', [home], () => [sharedFilesystem(storage, replicated)]),
    play('storage mounted by hand', [home], () => [
      mountedByHand(storage),
      ...labelledRoot(platform, storage),
    ]),
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
      ${readOutOfSync(storage)}
      ${readHeld(storage)}`,
    names: ['mounted', 'connection', 'roles', 'disks', 'oos', 'held'],
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

/**
 * The peer's copy is good: what the active node knows of it.
 *
 * @param {Drbd} storage
 */
function isMirrored({ device, version }) {
  const good = `^ *${minorOf(device)}: cs:Connected ro:Primary/Secondary ds:UpToDate/UpToDate `
  return sh`${drbdState(version)} | grep -q ${good}`
}
