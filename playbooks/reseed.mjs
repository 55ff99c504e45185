#!/usr/bin/env zx
// Makes the data of a replica anew from the node that takes the writes. A replica whose threads run is left alone, and
// only compared: stop them (`STOP SLAVE`) if its data are not to be trusted.
//
//   npx zx playbooks/reseed.mjs -i inventory.yml -e node=node2 --check
//   npx zx playbooks/reseed.mjs -i inventory.yml -e node=node2
//   npx zx playbooks/reseed.mjs -i inventory.yml -e node=node2 -e method=copy   # its files, by mariadb-backup
import { definePlaybook, run, z } from 'runsheet'
import { asItIs } from 'runsheet/lab'
import { groupOf } from './parts/cluster.mjs'
import { conclusion, preflight, questions } from './parts/conclusion.mjs'
import { comparisonOf, lastComparison, reseedPlays } from './parts/database/reseed.mjs'
import { clusterWith, mustAskBoth, mustBeNode } from './parts/named-node.mjs'
import { databaseMode, rules } from './parts/rules.mjs'
import { variables } from './parts/variables.mjs'

export const playbook = definePlaybook({
  name: 'reseed',
  description:
    'Makes the data of a replica anew from the node that takes the writes: what only it has is saved first, and at ' +
    'the end both have the same sums for each table.',
  hosts: 'cluster',
  vars: variables.extend({
    node: z
      .string()
      .default('')
      .describe('The node whose data are made anew; a person names it, by -e node=NODE'),
    method: z
      .enum(['dump', 'copy'])
      .default('dump')
      .describe(
        'dump: as statements, without a pause of the replica before; copy: its files, by mariadb-backup, quicker where there is much',
      ),
  }),
  rules: [
    ...rules,
    (nodes) => mustBeNode(nodes, 'node', nodes[0]?.vars.node),
    (nodes) => databaseMode('replication')(nodes.filter(({ name, vars }) => name === vars.node)),
  ],
  facts: (node) => ({
    ...questions(groupOf(node.vars)),
    ...(node.name === node.vars.node && { comparison: lastComparison }),
  }),
  preflight: (nodes) => [...preflight(nodes), ...mustAskBoth(nodes, nodes[0]?.vars.node)],
  plays: reseedPlays,
  conclusion: (nodes) => [...conclusion(clusterWith(nodes, nodes[0]?.vars.node)), ...comparisonOf(nodes)],
  anyErrorsFatal: true,
})

await run(playbook, { lab: asItIs })
