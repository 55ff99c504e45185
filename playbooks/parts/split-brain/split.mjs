// A split brain as the playbook knows it: who loses what, and why it must not be.
import { sh } from 'runsheet'
import { splitBrain } from 'runsheet/cluster'
import { look } from '../conclusion.mjs'
import { mustAskBoth, pairOf } from '../named-node.mjs'
import { minorOf } from '../storage/conditions.mjs'

/** @typedef {import('../variables.mjs').Variables} Variables */
/** @typedef {import('../variables.mjs').Drbd} Drbd */
/** @typedef {Variables & { victim: string, keep: string, interrupt?: string | undefined }} Split */
/** @typedef {import('runsheet').Host<Split>} Node */
/** @typedef {import('runsheet').KnownHost<Split>} KnownNode */
/** @typedef {import('runsheet').RuleViolation} Violation */

/** @type {(nodes: readonly Node[]) => Violation[]} */
export function mustBeReplicated(nodes) {
  const message = 'there is no split brain without a storage of the kind drbd'
  return pairOf(nodes, nodes[0]?.vars.victim)
    .nodes.filter(({ vars }) => vars.storage?.kind !== 'drbd')
    .map(({ name }) => ({ host: name, path: ['storage'], message }))
}

/** @type {(nodes: readonly Node[]) => Violation[]} */
export function mustKeepElsewhere(nodes) {
  const { node } = pairOf(nodes, nodes[0]?.vars.victim)
  const { keep, storage } = node.vars
  if (!storage || !`${keep}/`.startsWith(`${storage.mount}/`)) return []
  return [
    { host: node.name, path: ['keep'], message: `keep is ${keep}, on the very storage that is given up` },
  ]
}

/**
 * What the guards have to know.
 *
 * @param {readonly Node[]} nodes
 */
export function splitOf(nodes) {
  const { victim, vip, interrupt, keep } = /** @type {Node} */ (nodes[0]).vars
  const { resource, device } = storageOf(nodes[0])
  return {
    resource,
    minor: minorOf(device),
    disks: Object.fromEntries(nodes.map(({ name, vars }) => [name, vars.disk ?? ''])),
    victim,
    vip: vip.address,
    interrupt: interrupt === vip.address,
    ...(keep !== 'none' && { keep: { folder: keep, image: imagePath(keep, resource, minorOf(device)) } }),
  }
}

/**
 * Named after all that changes when somebody writes: an image of before has another name then, and counts no more. The
 * generation alone does not tell, for DRBD begins no new one where a copy that has parted is promoted again. What was
 * written (dw) only grows within a boot, and what differs from the peer (oos) outlasts a start of DRBD.
 *
 * @param {string} folder
 * @param {string} resource
 * @param {number} minor
 */
function imagePath(folder, resource, minor) {
  const counters = `/^ *${minor}: /,/ oos:/s/.* dw:\\([0-9]*\\) .* oos:\\([0-9]*\\).*/\\1-\\2/p`
  return sh`
    generation=$(drbdadm get-gi ${resource}) && read -r boot </proc/sys/kernel/random/boot_id &&
      written=$(sed -n ${counters} /proc/drbd) && [ -n "$written" ] &&
      echo ${`${folder}/${resource}-`}"\${generation%%:*}-\${boot%%-*}-$written.img"`
}

/**
 * @param {Node | undefined} node
 * @returns {Drbd}
 */
export function storageOf(node) {
  if (node?.vars.storage?.kind !== 'drbd') throw new TypeError('the rules have not been checked')
  return node.vars.storage
}

/** @param {Node} node */
export function splitQuestions(node) {
  return node.vars.storage?.kind === 'drbd' ? splitBrain(splitOf([node])).ask : {}
}

/**
 * The guard's own judgement before anything is done, and in a check, too.
 *
 * @param {readonly KnownNode[]} known
 */
export function whyNot(known) {
  const alone = mustAskBoth(known, known[0]?.vars.victim)
  if (alone.length > 0) return alone
  const { nodes, node } = pairOf(known, known[0]?.vars.victim)
  if (!isApart(node)) return []
  return splitBrain(splitOf(nodes)).refuse(new Map(nodes.map(({ name, facts }) => [name, facts])), node.name)
}

/**
 * While they are not connected, there is something to resolve or to refuse.
 *
 * @param {KnownNode} node
 */
export function isApart(node) {
  return /^(StandAlone|WFConnection)?$/.test(look(node).connection ?? '')
}
