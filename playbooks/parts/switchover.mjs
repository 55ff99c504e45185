// The group moves from one node to the other, by heartbeat's own way and only where nothing is lost by it.
import { play } from 'runsheet'
import { allOf, handover } from 'runsheet/cluster'
import { UNFINISHED } from './backup/unfinished.mjs'
import { settled, takenOver } from './group.mjs'
import { pairOf } from './named-node.mjs'

/** @typedef {import('./cluster.mjs').Cluster} Cluster */
/** @typedef {import('./variables.mjs').Node} Node */
/** @typedef {import('./variables.mjs').Variables & { to: string }} Switchover */

/**
 * @param {readonly import('runsheet').Host<Switchover>[]} all
 * @returns {import('runsheet').Play<Switchover>[]}
 */
export function switchover(all) {
  const { cluster, node: to } = pairOf(all, all[0]?.vars.to)
  // The parts know the variables of every cluster, and this playbook has one more.
  return /** @type {import('runsheet').Play<Switchover>[]} */ ([
    play('switchover', [to], () => [switched(cluster, to)]),
    ...afterwards(cluster),
  ])
}

/**
 * @param {Cluster} cluster
 * @param {Node} to
 */
export function switched(cluster, to) {
  return takenOver(cluster, to.name, mayTakeOver(cluster, to))
}

/**
 * What both nodes must show before one of them is relied on: heartbeat has its demands, and so has each component.
 *
 * @param {Cluster} cluster
 * @param {Node} to
 */
export function mayTakeOver(cluster, to) {
  const { nodes, vip, components } = cluster
  const from = nodes.find(({ name }) => name !== to.name)
  if (!from) throw new TypeError('the rules have not been checked')
  return allOf(
    handover({ from: from.name, to: to.name, address: vip.address, unfinished: UNFINISHED }),
    ...components.flatMap((component) => component.handover?.(cluster, to) ?? []),
  )
}

/**
 * The same look that ends the making of a cluster, and what is left to do for the components.
 *
 * @param {Cluster} cluster
 */
export function afterwards(cluster) {
  const { nodes, components } = cluster
  return [
    play('settled', nodes, () => [
      settled(cluster),
      ...components.flatMap(({ settle }) => settle?.(cluster) ?? []),
    ]),
    ...components.flatMap(({ handedOver }) => handedOver?.(cluster) ?? []),
  ]
}
