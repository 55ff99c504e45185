#!/usr/bin/env zx
// A rolling update of a cluster: the standby first, restarted where needed; one switchover; then the other node. It begins on
// a healthy cluster alone, and run again after an interruption it goes on.
//
//   npx zx playbooks/update.mjs -i inventory.yml --check             # what would be upgraded
//   npx zx playbooks/update.mjs -i inventory.yml                     # the packages of the cluster
//   npx zx playbooks/update.mjs -i inventory.yml -e packages=all     # whatever is installed
import { definePlaybook, run, z } from 'runsheet'
import { asItIs } from 'runsheet/lab'
import { groupOf } from './parts/cluster.mjs'
import { preflight, questions } from './parts/conclusion.mjs'
import { packagedForApt } from './parts/platforms/rules.mjs'
import { rules } from './parts/rules.mjs'
import { statusOf } from './parts/status/questions.mjs'
import { unhealthy, whatIsLeft } from './parts/update/conclusion.mjs'
import { updating } from './parts/update/plays.mjs'
import { oldLists, pending, restartReasons } from './parts/update/questions.mjs'
import { variables } from './parts/variables.mjs'

export const playbook = definePlaybook({
  name: 'update',
  description:
    'Upgrades the packages of a cluster and restarts its nodes where needed: the standby first, one switchover, then the other.',
  hosts: 'cluster',
  vars: variables.extend({
    packages: z
      .enum(['cluster', 'all'])
      .default('cluster')
      .describe('What is upgraded: the packages of the cluster, or all that are installed'),
  }),
  rules: [...rules, packagedForApt],
  facts: (node) => {
    const group = groupOf(node.vars)
    return {
      ...questions(group),
      status: statusOf(group),
      lists: oldLists,
      pending: pending(group, node.vars.packages),
      restart: restartReasons(group),
    }
  },
  preflight: (nodes) => [...preflight(nodes), ...unhealthy(nodes)],
  plays: updating,
  conclusion: whatIsLeft,
  anyErrorsFatal: true,
})

await run(playbook, { lab: asItIs })
