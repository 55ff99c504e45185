// What both nodes have, whichever is active: names, clock, accounts, packages, and nothing that starts by itself.
import { group, hostEntry, pkg, service, user } from 'runsheet/resources'
import { admitted, labelled, sources } from './platforms/access.mjs'

/** @typedef {import('./cluster.mjs').Cluster} Cluster */

/** @param {Cluster} cluster */
export function base(cluster) {
  const { nodes, groups, users, packages, units, platform, repositories } = cluster
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
    ...sources(platform, repositories),
    pkg({ names: [...platform.packages.base, ...packages], startServices: false }),
    ...admitted(cluster),
    ...labelled(cluster),
    service({ name: platform.clock, running: true, enabled: true }),
    ...units.map((name) => service({ name, enabled: false })),
  ]
}
