#!/usr/bin/env zx
// A new machine in place of a dead one, under its name and addresses: it gets the configuration and a copy of all data, while
// the survivor serves. Heartbeat comes last.
//
//   npx zx playbooks/replace-node.mjs -i inventory.yml -e node=node2 -e lost=forever --check
//   npx zx playbooks/replace-node.mjs -i inventory.yml -e node=node2 -e lost=forever
import { definePlaybook, run, z } from 'runsheet'
import { asItIs } from 'runsheet/lab'
import { groupOf } from './parts/cluster.mjs'
import { conclusion, preflight, questions } from './parts/conclusion.mjs'
import { mustBeNode } from './parts/named-node.mjs'
import { replacement, whyNot } from './parts/replacement.mjs'
import { rules } from './parts/rules.mjs'
import { variables } from './parts/variables.mjs'

const HOST_KEYS =
  'the host keys of the new machine are for those who log in there: its old lines in known_hosts, of the controller and ' +
  'of anybody else, are to be replaced by hand'

const SLAVES = 'the new machine knows no slaves: slaves.mjs makes them known to it'

export const playbook = definePlaybook({
  name: 'replace-node',
  description:
    'Puts a new machine in place of a dead one, under the same name and addresses: configuration, a full copy of the ' +
    "survivor's data, and heartbeat last. The survivor serves meanwhile.",
  hosts: 'cluster',
  vars: variables.extend({
    node: z
      .string({ error: 'say which node is a new machine: -e node=NODE' })
      .describe('The name of the dead machine, which is that of the new one'),
    lost: z
      .literal('forever', { error: 'say that the old machine and its disk never come back: -e lost=forever' })
      .describe('That the old machine never comes back with its disk'),
  }),
  rules: [...rules, (nodes) => mustBeNode(nodes, 'node', nodes[0]?.vars.node)],
  facts: (node) => questions(groupOf(node.vars)),
  preflight: (nodes) => [...preflight(nodes), ...whyNot(nodes)],
  plays: replacement,
  conclusion: (nodes) => [
    ...conclusion(nodes),
    HOST_KEYS,
    ...(nodes.some(({ vars }) => vars.masters) ? [SLAVES] : []),
  ],
  anyErrorsFatal: true,
})

await run(playbook, { lab: asItIs })
