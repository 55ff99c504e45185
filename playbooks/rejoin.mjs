#!/usr/bin/env zx
// A node comes back after a failure: its copies catch up with those of the active node first, heartbeat comes last, and the
// service stays where it is.
//
//   npx zx playbooks/rejoin.mjs -i inventory.yml -e node=node1 --check
//   npx zx playbooks/rejoin.mjs -i inventory.yml -e node=node1
import { definePlaybook, run, z } from 'runsheet'
import { asItIs } from 'runsheet/lab'
import { groupOf } from './parts/cluster.mjs'
import { conclusion, preflight, questions } from './parts/conclusion.mjs'
import { comparisonOf, mustBeComplete } from './parts/database/reseed.mjs'
import { mustBeNode } from './parts/named-node.mjs'
import { rejoining, rejoinQuestions, whyNot } from './parts/rejoin.mjs'
import { rules } from './parts/rules.mjs'
import { variables } from './parts/variables.mjs'

export const playbook = definePlaybook({
  name: 'rejoin',
  description:
    'Brings a node back after a failure, as the standby of the node that serves: its copies catch up first, heartbeat ' +
    'comes last.',
  hosts: 'cluster',
  vars: variables.extend({
    node: z.string({ error: 'say which node comes back: -e node=NODE' }).describe('The node that comes back'),
    errant: z
      .literal('discard', {
        error: "only 'discard': what only this node's database has is saved, then given up",
      })
      .optional()
      .describe('What becomes of transactions that only the old source has; without it they are a refusal'),
  }),
  rules: [...rules, (nodes) => mustBeNode(nodes, 'node', nodes[0]?.vars.node)],
  facts: (node) => ({ ...questions(groupOf(node.vars)), ...rejoinQuestions(node) }),
  preflight: (nodes) => [...preflight(nodes), ...whyNot(nodes), ...mustBeComplete(nodes)],
  plays: rejoining,
  conclusion: (nodes) => [...conclusion(nodes), ...comparisonOf(nodes)],
  anyErrorsFatal: true,
})

await run(playbook, { lab: asItIs })
