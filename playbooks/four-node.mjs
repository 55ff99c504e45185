#!/usr/bin/env zx
// Four nodes, two services: a pair runs the database behind an address of its own, a pair runs the application that
// uses it by that address. Each pair is a cluster for itself, and neither hears the other.
//
//   npx zx playbooks/four-node.mjs -i playbooks/inventories/four-node.yml --check   # what would change
//   npx zx playbooks/four-node.mjs -i playbooks/inventories/four-node.yml           # make it so; again changes nothing
//   npx zx playbooks/four-node.mjs --lab                                            # on virtual machines
//   LAB_TOPOLOGY=four-node-replication npx zx playbooks/four-node.mjs --lab         # … with a database that replicates
import { definePlaybook, run } from 'runsheet'
import * as lab from 'runsheet/lab'
import { byCluster, clusterOf, groupOf } from './parts/cluster.mjs'
import { conclusion, preflight, questions } from './parts/conclusion.mjs'
import { clusterPlays } from './parts/plays.mjs'
import { rules, sharedStorage } from './parts/rules.mjs'
import { rulesAcross } from './parts/rules-across.mjs'
import { variables } from './parts/variables.mjs'

export const playbook = definePlaybook({
  name: 'four-node',
  description:
    'Turns four machines into two active/standby pairs: one runs the database behind a virtual address of its own, ' +
    'the other one the application that uses it by that address.',
  hosts: 'cluster',
  vars: variables,
  rules: [sharedStorage, ...rules, ...rulesAcross],
  facts: (node) => questions(groupOf(node.vars)),
  preflight,
  plays: (nodes) => clusterPlays(...inOrder(byCluster(nodes)).map(clusterOf)),
  conclusion,
  anyErrorsFatal: true,
})

/**
 * The database first: the application begins when it answers.
 *
 * @param {import('./parts/variables.mjs').Node[][]} clusters
 */
function inOrder(clusters) {
  const isUser = (/** @type {typeof clusters[number]} */ [node]) =>
    Number(node?.vars.database.mode === 'remote')
  return clusters.toSorted((one, other) => isUser(one) - isUser(other))
}

await run(playbook, { lab })
