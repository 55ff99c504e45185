// Files on a server of NFS, for those who have said that they know what it does not protect from.
import { play, sh } from 'runsheet'
import { idleMount, soleMount } from 'runsheet/cluster'
import { mount } from 'runsheet/resources'
import { byHand, readMount } from './conditions.mjs'
import { unmounted } from './lun.mjs'
import { bareMountPoint } from './mount-point.mjs'

/** @typedef {import('../cluster.mjs').Cluster} Cluster */
/** @typedef {import('../cluster.mjs').Component} Component */
/** @typedef {import('../variables.mjs').Nfs} Nfs */

/**
 * @param {Nfs} storage
 * @param {import('../variables.mjs').Variables['vip']} vip
 * @param {import('../platforms/index.mjs').Packages} packages
 * @returns {Component}
 */
export function nfs(storage, vip, packages) {
  const { export: source, mount: path } = storage
  return {
    packages: packages.nfs,
    resources: [`Filesystem::${source}::${path}::nfs`],
    state: {
      // A server of NFS does not tell who has mounted it: whoever serves answers at the address.
      read: sh`
        ${readMount(storage)}
        served=no
        ! ping -c 1 -W 2 ${vip.address} >/dev/null 2>&1 || served=yes`,
      names: ['mounted', 'served'],
      here: { mounted: 'yes', served: 'yes' },
      elsewhere: { mounted: 'no', served: 'yes' },
      tell: ({ mounted }) => [`${path} ${mounted === 'yes' ? 'mounted' : 'not mounted'}`],
    },
    idle: ({ nodes }) => idleMount(shared(storage, nodes)),
    configuration: ({ units }) => bareMountPoint(storage, units),
    prepare: ({ nodes, home }) => [
      play('storage mounted by hand', [home], () => [
        mount(
          // The kernel shows nfs4 for what is mounted as nfs with its fourth version.
          { path, device: source, filesystem: 'nfs4', mounted: true },
          { when: byHand(storage), guard: soleMount(shared(storage, nodes)) },
        ),
      ]),
    ],
    release: ({ home }) => [play('storage left to heartbeat', [home], () => [unmounted(storage)])],
  }
}

/**
 * @param {Nfs} storage
 * @param {Cluster['nodes']} nodes
 */
function shared({ export: source, mount: path }, nodes) {
  return { hosts: nodes.map(({ name }) => name), source, mount: path }
}
