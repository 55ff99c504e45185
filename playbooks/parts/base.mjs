// What both nodes have, whichever is active: names, clock, accounts, packages, and nothing that starts by itself.
import { sh } from 'runsheet'
import {
  command,
  directory,
  group,
  hostEntry,
  kernelModule,
  mount,
  pkg,
  service,
  user,
} from 'runsheet/resources'
import { storageElsewhere } from './conditions.mjs'

/** @typedef {import('./cluster.mjs').Cluster} Cluster */

const PACKAGES = ['netbase', 'chrony', 'drbd-utils', 'heartbeat', 'mariadb-server']

/** @param {Cluster} cluster */
export function base(cluster) {
  const { nodes, groups, users, application, units } = cluster
  return [
    ...nodes.map(({ name, vars }) => hostEntry({ address: vars.address, names: [name] })),
    // Before the packages, which would give their users the next free number, another on each node.
    ...groups.map(({ name, gid }) => group({ name, gid, system: true })),
    ...users.map(({ name, uid, group, groups, home }) =>
      user({
        name,
        uid,
        group,
        home,
        shell: '/usr/sbin/nologin',
        system: true,
        ...(groups.length > 0 && { groups }),
      }),
    ),
    // Of netbase, heartbeat's ping needs /etc/protocols.
    pkg({ names: [...PACKAGES, ...application.packages], startServices: false }),
    service({ name: 'chrony', running: true, enabled: true }),
    kernelModule({ name: 'drbd' }),
    ...units.map((name) => service({ name, enabled: false })),
    ...bareMountPoint(cluster),
  ]
}

/**
 * Where the storage is not mounted nothing may run that wants it, and nothing can be written in its place.
 *
 * @param {Cluster} cluster
 */
function bareMountPoint(cluster) {
  const { storage, units } = cluster
  const when = storageElsewhere(cluster)
  return [
    command(
      {
        name: 'no clustered service runs without the storage',
        unless: sh`! systemctl is-active --quiet ${units}`,
        run: sh`systemctl stop ${units}`,
        needs: ['systemctl'],
      },
      { when },
    ),
    directory({ path: storage.mount, mode: '0755', owner: 'root', group: 'root' }),
    mount(
      { path: storage.mount, device: storage.device, filesystem: storage.filesystem, mounted: false },
      { when, name: `${storage.mount} is not mounted at boot` },
    ),
    command(
      {
        name: `nothing can be written to the bare ${storage.mount}`,
        unless: sh`case $(lsattr -d ${storage.mount}) in *i*' '*) ;; *) false ;; esac`,
        run: sh`chattr +i ${storage.mount}`,
        needs: ['lsattr'],
      },
      { when },
    ),
  ]
}
