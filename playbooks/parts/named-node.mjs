// An operation concerns the node that the operator names, and the cluster of that node; nobody is guessed.
import { byCluster, clusterOf } from './cluster.mjs'

/** @typedef {import('./variables.mjs').Node} Node */
/** @typedef {import('runsheet').RuleViolation} Violation */

/**
 * The rule that a variable, which all hosts have from the command line, names a node.
 *
 * @param {readonly Node[]} nodes
 * @param {string} variable
 * @param {string | undefined} named
 * @returns {Violation[]}
 */
export function mustBeNode([first, ...others], variable, named) {
  if (!first) return []
  const names = [first, ...others].map(({ name }) => name)
  if (named !== undefined && names.includes(named)) return []
  const message = `${variable} is '${named ?? ''}', and the nodes are ${names.join(', ')}`
  return [{ host: first.name, path: [variable], message, hint: `type -e ${variable}=NODE` }]
}

/**
 * Why nothing may begin: what is done to a node is judged by what its peer says, too, and -l leaves one of them out.
 *
 * @param {readonly Node[]} asked
 * @param {string | undefined} named
 */
export function mustAskBoth(asked, named) {
  return clusterWith(asked, named).length > 1 ? [] : ['both nodes have to be asked: leave out -l']
}

/**
 * The nodes of its cluster, as far as they are there.
 *
 * @template {Node} One
 * @param {readonly One[]} all
 * @param {string | undefined} named
 */
export function clusterWith(all, named) {
  return byCluster(all).find((some) => some.some(({ name }) => name === named)) ?? []
}

/**
 * The cluster of the named node, that node, and the other one.
 *
 * @template {Node} One
 * @param {readonly One[]} all
 * @param {string | undefined} named
 */
export function pairOf(all, named) {
  const nodes = clusterWith(all, named)
  const node = nodes.find(({ name }) => name === named)
  const peer = nodes.find(({ name }) => name !== named)
  if (!node || !peer) throw new TypeError('the rules have not been checked')
  return { cluster: clusterOf(nodes), nodes, node, peer }
}
