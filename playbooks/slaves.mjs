#!/usr/bin/env zx
// The slaves of a distributed set-up and their masters know each other: each slave reaches both masters by name, by
// node and by VIP, and both masters log in at each slave, whichever of them is active.
//
//   npx zx playbooks/slaves.mjs -i playbooks/inventories/slaves.yml --check   # what would change
//   npx zx playbooks/slaves.mjs -i playbooks/inventories/slaves.yml           # make it so; again changes nothing
import { definePlaybook, run, z } from 'runsheet'
import { asItIs } from 'runsheet/lab'
import { acquaintance } from './parts/distributed/acquaintance.mjs'
import { mastersAndSlaves } from './parts/distributed/rules.mjs'
import { slave } from './parts/distributed/variables.mjs'
import { rules } from './parts/rules.mjs'
import { variables } from './parts/variables.mjs'

/** @typedef {import('runsheet').Host<import('runsheet').z.infer<typeof vars>>} Machine */
/** @typedef {import('./parts/variables.mjs').Node} Node */
/** @typedef {import('./parts/distributed/variables.mjs').Slave} Slave */

const vars = z.discriminatedUnion('role', [variables.extend({ role: z.literal('node').optional() }), slave])

export const playbook = definePlaybook({
  name: 'slaves',
  description:
    'Lets the slaves of a distributed set-up and both of its masters know each other, and proves it from each slave by ' +
    'name, node and VIP.',
  hosts: 'cluster:slaves',
  vars,
  rules: [...rules.map((rule) => (/** @type {readonly Machine[]} */ all) => rule(nodesOf(all))), rule],
  plays: (all) =>
    /** @type {import('runsheet').Play<Machine['vars']>[]} */ (
      /** @type {unknown} */ (acquaintance(mastersOf(all), slavesOf(all)))
    ),
  anyErrorsFatal: true,
})

/** @param {readonly Machine[]} all */
function rule(all) {
  return mastersAndSlaves(nodesOf(all), slavesOf(all))
}

/** @type {(all: readonly Machine[]) => Node[]} */
function nodesOf(all) {
  return all.filter((one) => one.vars.role !== 'slave').map((one) => /** @type {Node} */ (one))
}

/** @type {(all: readonly Machine[]) => Node[]} */
function mastersOf(all) {
  return nodesOf(all).filter(({ vars }) => vars.masters)
}

/** @type {(all: readonly Machine[]) => Slave[]} */
function slavesOf(all) {
  return all.filter((one) => one.vars.role === 'slave').map((one) => /** @type {Slave} */ (one))
}

await run(playbook, { lab: asItIs })
