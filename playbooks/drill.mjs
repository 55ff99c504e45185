#!/usr/bin/env zx
// Breaks a cluster on purpose and tells what was lost, on machines that are not the lab: from a safe status alone, with
// faults that end by a command on the node, and after the operator has typed the name of the cluster.
//
//   npx zx playbooks/drill.mjs -i inventory.yml --list
//   npx zx playbooks/drill.mjs -i inventory.yml --playbook two-node --drill kill-database --report drill.html
//   npx zx playbooks/drill.mjs -i inventory.yml --playbook two-node --drill graceful -e word=cluster   # where nobody types
import { drillInventory, explain, LabError } from 'runsheet/drills'
import { readHosts } from 'runsheet/hosts'
import { minimist, question } from 'zx'

/** @type {string[]} */
const strange = []
const given = minimist(process.argv.slice(3), {
  string: ['i', 'e', 'drill', 'playbook', 'report'],
  boolean: ['list'],
  default: { playbook: 'two-node' },
  // Whoever asks for a --check must not get a drill.
  unknown: (flag) => strange.push(flag) === 0,
})

/** @param {string | string[] | undefined} value */
const several = (value) => [value ?? []].flat()

const extra = several(given.e)
strange.push(...extra.filter((one) => !one.startsWith('word=')).map((one) => `-e ${one}`))
const words = extra.map((one) => one.replace('word=', ''))

/** @param {string} text @param {string} cluster */
const ask = (text, cluster) => {
  if (extra.length === 0 && process.stdin.isTTY) return question(text)
  return Promise.resolve(words.includes(cluster) ? cluster : '')
}

try {
  if (strange.length > 0)
    throw new LabError(
      `a drill does not know ${strange.join(' ')}`,
      'it knows -i, --list, --drill, --playbook, --report and, where nobody types, -e word=CLUSTER for each cluster',
    )
  const sources = several(given.i)
  if (sources.length === 0) throw new Error('no inventory: name one with -i FILE')
  const passed = await drillInventory({
    sources,
    hosts: await readHosts(sources),
    playbook: given.playbook,
    list: given.list,
    drills: several(given.drill),
    report: given.report,
    ask,
  })
  process.exitCode = passed ? 0 : 1
} catch (error) {
  process.stderr.write(`${explain(error)}\n`)
  process.exitCode = 1
}
