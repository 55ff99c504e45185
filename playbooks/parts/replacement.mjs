// A new machine gets all that its predecessor had. The survivor's files change only in what they say of the other node.
import { play } from 'runsheet'
import { hostEntry } from 'runsheet/resources'
import { look } from './conclusion.mjs'
import { settled } from './group.mjs'
import { key, started } from './heartbeat.mjs'
import { mustAskBoth, pairOf } from './named-node.mjs'
import { baseOf } from './plays.mjs'

/** @typedef {import('./variables.mjs').Variables} Variables */
/** @typedef {Variables & { node: string, lost: 'forever' }} Replacement */
/** @typedef {import('runsheet').Host<Replacement>} Node */
/** @typedef {import('runsheet').KnownHost<Replacement>} KnownNode */

/**
 * Before a file is written: who serves is not dead.
 *
 * @param {readonly KnownNode[]} known
 */
export function whyNot(known) {
  const alone = mustAskBoth(known, known[0]?.vars.node)
  if (alone.length > 0) return alone
  const { node, peer } = pairOf(known, known[0]?.vars.node)
  const { address } = node.vars.vip
  return [
    ...(look(node).vip === 'yes' ? [`${node.name} holds ${address}: it is the one that serves`] : []),
    ...(look(peer).vip === 'yes'
      ? []
      : [`${peer.name} does not hold ${address}: a node is replaced while the other one serves`]),
  ]
}

/**
 * @param {readonly Node[]} all
 * @returns {import('runsheet').Play<Replacement>[]}
 */
export function replacement(all) {
  const { cluster, nodes, node, peer } = pairOf(all, all[0]?.vars.node)
  const { components } = cluster
  // The parts know the variables of every cluster, and this playbook has more.
  return /** @type {import('runsheet').Play<Replacement>[]} */ ([
    play('base system and configuration', [node], () => baseOf(cluster, node)),
    play('what the survivor says of its peer', [peer], () => [
      hostEntry({ address: node.vars.address, names: [node.name] }),
      ...components.flatMap(({ acquaint }) => acquaint?.(cluster) ?? []),
    ]),
    play('cluster key', [node], () => [key(cluster)]),
    ...components.flatMap(({ replace }) => replace?.(cluster, node) ?? []),
    play('heartbeat', [node], () => [started(cluster)]),
    play('settled', nodes, () => [
      settled(cluster),
      ...components.flatMap(({ settle }) => settle?.(cluster) ?? []),
    ]),
  ])
}
