#!/usr/bin/env zx
import { join } from 'node:path'
// A consistent backup of each cluster, taken from its active node and brought here. The service goes on meanwhile.
//
//   npx zx playbooks/backup.mjs -i inventory.yml -e to=backups/monday
import { definePlaybook, run, z } from 'runsheet'
import { asItIs } from 'runsheet/lab'
import { tellActive } from './parts/active.mjs'
import { backupIn } from './parts/backup/manifest.mjs'
import { hasData, savePlays } from './parts/backup/save.mjs'
import { tellUnfinished } from './parts/backup/unfinished.mjs'
import { byCluster, clusterOf } from './parts/cluster.mjs'
import { packagedForBackup } from './parts/platforms/rules.mjs'
import { rules } from './parts/rules.mjs'
import { variables } from './parts/variables.mjs'

/** @typedef {import('runsheet').Host<import('runsheet').z.infer<typeof vars>>} Node */
/** @typedef {import('runsheet').KnownHost<import('runsheet').z.infer<typeof vars>>} KnownNode */

const vars = variables.extend({
  to: z
    .string({ error: 'say where the backup goes: -e to=DIRECTORY' })
    .min(1)
    .describe('A directory of this machine'),
})

export const playbook = definePlaybook({
  name: 'backup',
  description:
    'Takes a consistent backup of each cluster from its active node and brings it here: all databases as of one moment, ' +
    'with the position of the binary log, and the files of the shared storage.',
  hosts: 'cluster',
  vars,
  rules: [...rules, packagedForBackup],
  facts: ({ vars }) => ({ active: tellActive(vars.vip.address), unfinished: tellUnfinished }),
  preflight: (nodes) => unsaved(nodes).flatMap((pair) => [...oneServes(pair), ...pair.flatMap(isWhole)]),
  plays: (nodes) =>
    unsaved(nodes).flatMap((pair) =>
      pair
        .slice(0, 1)
        .flatMap(({ vars }) => savePlays(clusterOf(pair), vars.to).map((own) => ofThese(pair, own))),
    ),
  conclusion: (nodes) => byCluster(nodes).flatMap((pair) => pair.flatMap(told)),
  anyErrorsFatal: true,
})

/**
 * A play of the cluster's own parts as one of this playbook, whose hosts know one variable more.
 *
 * @param {readonly Node[]} hosts
 * @param {import('./parts/cluster.mjs').Play} own
 * @returns {import('runsheet').Play<Node['vars']>}
 */
function ofThese(hosts, own) {
  return /** @type {import('runsheet').Play<Node['vars']>} */ ({ ...own, hosts })
}

/**
 * The clusters that have data of their own, and no complete backup in that place yet.
 *
 * @template {Node} One
 * @param {readonly One[]} nodes
 */
function unsaved(nodes) {
  return byCluster(nodes).filter((pair) =>
    pair.every(({ name, vars }) => hasData(vars) && !backupIn(join(vars.to, name))),
  )
}

/** @param {readonly KnownNode[]} pair */
function oneServes(pair) {
  const active = pair.filter(({ facts }) => facts.active?.stdout.trim() === 'active')
  if (active.length === 1) return []
  const names = pair.map(({ name }) => name).join(' and ')
  return [
    `${active.length === 0 ? 'none' : 'each'} of ${names} has the service: there is no one copy to save`,
  ]
}

/** A backup of half of one state and half of another would pass for a good one. @param {KnownNode} node */
function isWhole({ name, facts }) {
  if (facts.unfinished?.exitCode !== 0)
    return [`${name} does not tell whether a restore of it is at work or has failed`]
  const left = facts.unfinished.stdout.trim().split('\n').filter(Boolean)
  if (left.length === 0) return []
  return [
    `a restore is at work or has failed, by what is on ${name} (${left.join(', ')}): run restore.mjs again; ` +
      'what is there till then is no state to save',
  ]
}

/** @param {Node} node */
function told({ name, vars }) {
  const found = backupIn(join(vars.to, name))
  if (!found) return []
  const files = found.files.map((file) => `${file.name} (${file.size} bytes)`)
  const waited =
    found.waited === undefined ? [] : [`those who write to the database waited for ${found.waited}`]
  return [
    `${join(vars.to, name)} is the backup of ${found.cluster}, made at ${found.at}: ${[...files, ...waited].join(', ')}`,
  ]
}

await run(playbook, { lab: asItIs })
