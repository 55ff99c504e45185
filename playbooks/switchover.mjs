#!/usr/bin/env zx
// Moves the service of a cluster to the node that is named, where nothing is lost by it. Already there: nothing changes.
//
//   npx zx playbooks/switchover.mjs -i inventory.yml -e to=node2 --check
//   npx zx playbooks/switchover.mjs -i inventory.yml -e to=node2
import { definePlaybook, run, z } from 'runsheet'
import { asItIs } from 'runsheet/lab'
import { groupOf } from './parts/cluster.mjs'
import { conclusion, preflight, questions } from './parts/conclusion.mjs'
import { mustBeNode } from './parts/named-node.mjs'
import { rules } from './parts/rules.mjs'
import { switchover } from './parts/switchover.mjs'
import { variables } from './parts/variables.mjs'

export const playbook = definePlaybook({
  name: 'switchover',
  description:
    'Moves the service of a cluster to the node that is named, where both nodes show that nothing is lost by it.',
  hosts: 'cluster',
  vars: variables.extend({
    to: z.string().default('').describe('The node that takes over; a person names it, by -e to=NODE'),
  }),
  rules: [...rules, (nodes) => mustBeNode(nodes, 'to', nodes[0]?.vars.to)],
  facts: (node) => questions(groupOf(node.vars)),
  preflight,
  plays: switchover,
  conclusion,
  anyErrorsFatal: true,
})

await run(playbook, { lab: asItIs })
