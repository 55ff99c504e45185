// A node comes back: why it must not, and the plays in their order.
import { play } from 'runsheet'
import { settled } from './group.mjs'
import { started } from './heartbeat.mjs'
import { pairOf } from './named-node.mjs'
import { guardOf } from './storage/rejoin-guard.mjs'

/** @typedef {import('./variables.mjs').Variables} Variables */
/** @typedef {Variables & { node: string }} Rejoin */
/** @typedef {import('runsheet').Host<Rejoin>} Node */
/** @typedef {import('runsheet').KnownHost<Rejoin>} KnownNode */

/** @param {Node} node */
export function rejoinQuestions(node) {
  return guardOf([node], node.vars.node).ask
}

/**
 * The guard's own judgement before anything is done, and in a check, too.
 *
 * @param {readonly KnownNode[]} known
 */
export function whyNot(known) {
  const { nodes, node } = pairOf(known, known[0]?.vars.node)
  const evidence = new Map(nodes.map(({ name, facts }) => [name, facts]))
  return guardOf(nodes, node.name).refuse(evidence, node.name)
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
