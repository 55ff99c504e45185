#!/usr/bin/env zx
// Two nodes, one service: DRBD mirrors a disk, heartbeat runs MariaDB, the application and a virtual address on one
// node at a time. For Debian 12; the targets need nothing but sh, ssh and sudo.
//
//   npx zx playbooks/two-node.mjs -i playbooks/inventories/two-node.yml --check   # what would change
//   npx zx playbooks/two-node.mjs -i playbooks/inventories/two-node.yml           # make it so; again changes nothing
//   npx zx playbooks/two-node.mjs --lab                                           # on two virtual machines
import { definePlaybook, run } from 'runsheet'
import * as lab from 'runsheet/lab'
import { clusterOf, groupOf } from './parts/cluster.mjs'
import { conclusion, preflight, questions } from './parts/conclusion.mjs'
import { clusterPlays } from './parts/plays.mjs'
import { databaseMode, oneCluster, rules, sharedStorage } from './parts/rules.mjs'
import { variables } from './parts/variables.mjs'

export const playbook = definePlaybook({
  name: 'two-node',
  description:
    'Turns two machines into an active/standby pair: DRBD mirrors a disk, heartbeat runs MariaDB, the application and ' +
    'a virtual address on one node at a time.',
  hosts: 'cluster',
  vars: variables,
  rules: [oneCluster, sharedStorage, databaseMode('shared-disk'), ...rules],
  facts: (node) => questions(groupOf(node.vars)),
  preflight,
  plays: (nodes) => clusterPlays(clusterOf(nodes)),
  conclusion,
  anyErrorsFatal: true,
})

await run(playbook, { lab })
