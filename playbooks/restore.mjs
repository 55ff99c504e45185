#!/usr/bin/env zx
// Puts a backup in the place of what a cluster has. What is there and would be lost has to be given up by its name.
//
//   npx zx playbooks/restore.mjs -i inventory.yml -e from=backups/monday/node1               # where nothing is there
//   npx zx playbooks/restore.mjs -i inventory.yml -e from=backups/monday/node1 -e give_up=shop,/mnt/shared
//   npx zx playbooks/restore.mjs … -t database                                               # or files: one part alone
import { definePlaybook, run, z } from 'runsheet'
import { asItIs } from 'runsheet/lab'
import { tellActive } from './parts/active.mjs'
import { backupIn, damage } from './parts/backup/manifest.mjs'
import { restorePlays } from './parts/backup/restore.mjs'
import { byCluster, clusterOf } from './parts/cluster.mjs'
import { packagedForBackup } from './parts/platforms/rules.mjs'
import { rules, violation } from './parts/rules.mjs'
import { variables } from './parts/variables.mjs'

/** @typedef {import('runsheet').Host<import('runsheet').z.infer<typeof vars>>} Node */

const vars = variables.extend({
  from: z
    .string({ error: 'say which backup: -e from=DIRECTORY' })
    .min(1)
    .describe('The folder with the manifest of a backup, on this machine'),
  give_up: z
    .string()
    .default('')
    .transform((text) => text.split(',').filter((name) => name !== ''))
    .describe('Databases and mount points that may be replaced, joined by commas'),
})

export const playbook = definePlaybook({
  name: 'restore',
  description:
    'Puts a backup in the place of what a cluster has. It refuses where something is there, unless that is given up by ' +
    'its name.',
  hosts: 'cluster',
  vars,
  rules: [...rules, packagedForBackup, complete],
  facts: ({ vars }) => ({ active: tellActive(vars.vip.address) }),
  preflight: (nodes) =>
    pairs(nodes).flatMap((pair) =>
      pair.some((node) => node.facts.active?.stdout.trim() === 'active')
        ? []
        : [`no node of ${pair[0]?.vars.cluster} has the service: there is nowhere to restore to`],
    ),
  plays: (nodes) =>
    pairs(nodes).flatMap((pair) => {
      const [node] = pair
      const manifest = node && backupIn(node.vars.from)
      if (!manifest) return []
      const plays = restorePlays(clusterOf(pair), node.vars.from, manifest, node.vars.give_up)
      return plays.map((own) => ({ ...own, hosts: pair }))
    }),
  anyErrorsFatal: true,
})

/**
 * The cluster that the backup is of.
 *
 * @template {Node} One
 * @param {readonly One[]} nodes
 */
function pairs(nodes) {
  const [first] = nodes
  const cluster = first && backupIn(first.vars.from)?.cluster
  return byCluster(nodes).filter(([node]) => node?.vars.cluster === cluster)
}

/** @param {readonly Node[]} nodes */
function complete(nodes) {
  const [first] = nodes
  if (!first) return []
  const { from } = first.vars
  const manifest = backupIn(from)
  if (!manifest)
    return [violation(first, ['from'], `${from} holds no complete backup: there is no manifest in it`)]
  if (!nodes.some(({ vars }) => vars.cluster === manifest.cluster))
    return [
      violation(
        first,
        ['from'],
        `${from} is a backup of ${manifest.cluster}, which is not in this inventory`,
      ),
    ]
  return damage(from, manifest).map((message) => violation(first, ['from'], message))
}

await run(playbook, { lab: asItIs })
