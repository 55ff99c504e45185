#!/usr/bin/env zx
// Breaks a cluster on purpose and tells what was lost, on machines that are not the lab: from a safe status alone, with
// faults that end by a command on the node, and after the operator has typed the name of the cluster.
//
//   npx zx playbooks/drill.mjs -i inventory.yml --list
//   npx zx playbooks/drill.mjs -i inventory.yml --playbook two-node --drill kill-database --report drill.html
//   npx zx playbooks/drill.mjs -i inventory.yml --playbook two-node --drill graceful -e word=cluster   # where nobody types
import { drillInventory, explain } from 'runsheet/drills'
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

const word = several(given.e)
  .map((one) => /^word=(.*)$/.exec(one)?.[1])
  .find((one) => one !== undefined)

/** @param {string} text */
const ask = (text) =>
  word === undefined && process.stdin.isTTY ? question(text) : Promise.resolve(word ?? '')

try {
  if (strange.length > 0) throw new Error(`a drill does not know ${strange.join(' ')}`)
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
  process.exitCode = passed ? 0 : 2
} catch (error) {
  process.stderr.write(`${explain(error)}\n`)
  process.exitCode = 1
}
