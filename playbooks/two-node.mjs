#!/usr/bin/env zx
// Two nodes, one service: DRBD mirrors a disk, heartbeat runs MariaDB, the application and a virtual address on one
// node at a time. For Debian 12; the targets need nothing but sh, ssh and sudo.
//
//   npx zx playbooks/two-node.mjs -i playbooks/inventories/two-node.yml --check   # what would change
//   npx zx playbooks/two-node.mjs -i playbooks/inventories/two-node.yml           # make it so; again changes nothing
//   npx zx playbooks/two-node.mjs --lab                                           # on two virtual machines
import { definePlaybook, play, run } from 'runsheet'
import * as lab from 'runsheet/lab'
import { base } from './parts/base.mjs'
import { clusterOf, groupOf } from './parts/cluster.mjs'
import { conclusion, preflight, questions } from './parts/conclusion.mjs'
import { databaseConfiguration, systemTables } from './parts/database.mjs'
import { connection, drbdConfiguration, firstSynchronization, metadata } from './parts/drbd.mjs'
import { settled } from './parts/group.mjs'
import { heartbeatConfiguration, key, started } from './parts/heartbeat.mjs'
import { rules } from './parts/rules.mjs'
import { sharing } from './parts/sharing.mjs'
import { mountedByHand, promoted, released, sharedFilesystem } from './parts/storage.mjs'
import { variables } from './parts/variables.mjs'

export const playbook = definePlaybook({
  name: 'two-node',
  description:
    'Turns two machines into an active/standby pair: DRBD mirrors a disk, heartbeat runs MariaDB, the application and ' +
    'a virtual address on one node at a time.',
  hosts: 'cluster',
  vars: variables,
  rules,
  facts: (node) => questions(groupOf(node.vars)),
  preflight,
  plays,
  conclusion,
  anyErrorsFatal: true,
})

/** @param {readonly import('./parts/variables.mjs').Node[]} nodes */
function plays(nodes) {
  const cluster = clusterOf(nodes)
  const home = [cluster.home]
  // One task for both nodes where it is guarded: they are judged together, on the same evidence.
  const clusterKey = key(cluster)
  const metadataOnBoth = metadata(cluster)
  const heartbeatOnBoth = started(cluster)
  return [
    play('base system and configuration', nodes, () => [
      ...base(cluster),
      drbdConfiguration(cluster),
      databaseConfiguration(cluster),
      ...heartbeatConfiguration(cluster),
    ]),
    play('cluster key', nodes, () => [clusterKey]),

    play('DRBD metadata', nodes, () => [metadataOnBoth]),
    play('DRBD connection', nodes, () => connection(cluster)),
    play('first copy', home, () => [firstSynchronization(cluster)]),

    // As long as heartbeat is not in charge, the home node uses the storage by hand, and lets it go again.
    play('storage by hand', home, () => [promoted(cluster)]),
    play('shared file system', home, () => [sharedFilesystem(cluster)]),
    play('shared data', nodes, (node) => [
      ...(node === cluster.home ? [mountedByHand(cluster)] : []),
      systemTables(cluster, node),
      ...sharing(cluster, node),
    ]),
    play('storage left to heartbeat', home, () => [released(cluster)]),

    play('heartbeat', nodes, () => [heartbeatOnBoth]),
    play('settled', nodes, () => settled(cluster)),
  ]
}

await run(playbook, { lab })
