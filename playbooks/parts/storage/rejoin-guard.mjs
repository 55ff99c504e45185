// What must hold of both nodes before one of them comes back to the other.
import { rejoinedNode } from 'runsheet/cluster'
import { replicated } from './drbd-resource.mjs'

/** @typedef {import('../variables.mjs').Node} Node */

/**
 * @param {readonly Node[]} nodes
 * @param {string} node
 */
export function guardOf(nodes, node) {
  const [first] = nodes
  if (!first) throw new TypeError('the rules have not been checked')
  const { vip, storage } = first.vars
  return rejoinedNode({
    hosts: nodes.map(({ name }) => name),
    node,
    vip: vip.address,
    ...(storage?.kind === 'drbd' && { replicated: replicated(storage, nodes) }),
  })
}
