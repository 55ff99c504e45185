#!/usr/bin/env zx
// Who is active, is it safe to fail over now, and what would be lost? Asks every cluster of an inventory and changes
// nothing. A monitoring program can run it: the first line and the exit code are those of a plugin.
//
//   npx zx playbooks/status.mjs -i inventory.yml              # one screen
//   npx zx playbooks/status.mjs -i inventory.yml --watch      # renewed every 5 seconds
//   npx zx playbooks/status.mjs -i inventory.yml --json       # for programs
import { definePlaybook, run } from 'runsheet'
import { asItIs } from 'runsheet/lab'
import { groupOf } from './parts/cluster.mjs'
import { rules } from './parts/rules.mjs'
import { statusOf } from './parts/status/questions.mjs'
import { verdict } from './parts/status/verdict.mjs'
import { variables } from './parts/variables.mjs'

export const playbook = definePlaybook({
  name: 'status',
  description:
    'Says of every cluster of an inventory who is active, whether it is safe to fail over now, and what would be lost.',
  hosts: 'cluster',
  vars: variables,
  rules,
  facts: (node) => ({ status: statusOf(groupOf(node.vars)) }),
  plays: () => [],
  verdict,
})

await run(playbook, { lab: asItIs })
