// A node comes back: why it must not, and the plays in their order.
import { play } from 'runsheet'
import { lastComparison } from './database/reseed.mjs'
import { errantHere } from './database/return.mjs'
import { settled } from './group.mjs'
import { started } from './heartbeat.mjs'
import { mustAskBoth, pairOf } from './named-node.mjs'
import { guardOf } from './storage/rejoin-guard.mjs'

/** @typedef {import('./variables.mjs').Variables} Variables */
/** @typedef {Variables & { node: string, errant?: 'discard' | undefined }} Rejoin */
/** @typedef {import('runsheet').Host<Rejoin>} Node */
/** @typedef {import('runsheet').KnownHost<Rejoin>} KnownNode */

/** @param {Node} node */
export function rejoinQuestions(node) {
  const { database, node: named } = node.vars
  return {
    ...guardOf([node], named).ask,
    ...(database.mode === 'replication' &&
      node.name === named && { errant: errantHere, comparison: lastComparison }),
  }
}

/**
 * The guard's own judgement before anything is done, and in a check, too.
 *
 * @param {readonly KnownNode[]} known
 */
export function whyNot(known) {
  const alone = mustAskBoth(known, known[0]?.vars.node)
  if (alone.length > 0) return alone
  const { nodes, node } = pairOf(known, known[0]?.vars.node)
  const evidence = new Map(nodes.map(({ name, facts }) => [name, facts]))
  const reasons = guardOf(nodes, node.name).refuse(evidence, node.name)
  return reasons.length > 0 ? reasons : mustHaveNothingOfItsOwn(node)
}

/**
 * What only the old source has would be gone from the data, so a person has to give it up.
 *
 * @param {KnownNode} node
 */
function mustHaveNothingOfItsOwn({ name, vars, facts: { errant } }) {
  if (errant === undefined) return []
  if (errant.exitCode !== 0)
    return [`${name}: ${errant.stderr.trim() || 'what only its database has cannot be told'}`]
  const found = errant.stdout.trim().replace(/;.*/s, '')
  if (found === '' || vars.errant === 'discard') return []
  return [`${name}: ${found}; with -e errant=discard they are saved there, and then given up`]
}

/**
 * @param {readonly Node[]} all
 * @returns {import('runsheet').Play<Rejoin>[]}
 */
export function rejoining(all) {
  const { cluster, nodes, node } = pairOf(all, all[0]?.vars.node)
  // The parts know the variables of every cluster, and this playbook has more.
  return /** @type {import('runsheet').Play<Rejoin>[]} */ ([
    ...cluster.components.flatMap(({ rejoin }) => rejoin?.(cluster, node) ?? []),
    play('heartbeat', [node], () => [started(cluster)]),
    play('settled', nodes, () => [settled(cluster)]),
  ])
}
