#!/usr/bin/env zx
// Two nodes, one service, a database on each: MariaDB replicates from the one that takes writes to the other one, DRBD
// mirrors the application's files, and heartbeat decides which node has both. For Debian 12; the targets need nothing
// but sh, ssh and sudo.
//
//   npx zx playbooks/replication.mjs -i playbooks/inventories/replication.yml --check   # what would change
//   npx zx playbooks/replication.mjs -i playbooks/inventories/replication.yml           # make it so; again changes nothing
//   npx zx playbooks/replication.mjs --lab                                              # on virtual machines
import { definePlaybook, run } from 'runsheet'
import * as lab from 'runsheet/lab'
import { clusterOf, groupOf } from './parts/cluster.mjs'
import { conclusion, preflight, questions } from './parts/conclusion.mjs'
import { clusterPlays } from './parts/plays.mjs'
import { databaseMode, oneCluster, rules, sharedStorage } from './parts/rules.mjs'
import { variables } from './parts/variables.mjs'

export const playbook = definePlaybook({
  name: 'replication',
  description:
    'Turns two machines into an active/standby pair with a database on each: MariaDB replicates, DRBD mirrors the ' +
    "application's files, and heartbeat runs the application, the permission to write and a virtual address on one node.",
  hosts: 'cluster',
  vars: variables,
  rules: [oneCluster, sharedStorage, databaseMode('replication'), ...rules],
  facts: (node) => questions(groupOf(node.vars)),
  preflight,
  plays: (nodes) => clusterPlays(clusterOf(nodes)),
  conclusion,
  anyErrorsFatal: true,
})

await run(playbook, { lab })
