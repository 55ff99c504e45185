// What is asked of both nodes beside the tasks, why a run must not begin, and what a person reads at its end.
import { sh } from 'runsheet'
import { osRelease } from 'runsheet/facts'
import { byCluster, groupOf } from './cluster.mjs'
import { describeGroup, saidOf, tellGroup } from './group.mjs'
import { otherPlatform } from './platforms/index.mjs'

/** @typedef {import('./cluster.mjs').Group} Group */
/** @typedef {import('./variables.mjs').KnownNode} KnownNode */

/** @param {Group} group */
export function questions(group) {
  return {
    name: sh`uname -n`,
    release: osRelease,
    accounts: sh`getent passwd ${group.users.map(({ name }) => name)} || [ $? -eq 2 ]`,
    group: describeGroup(group),
    ...Object.assign({}, ...group.components.map(({ asks }) => asks)),
  }
}

/** @param {readonly KnownNode[]} nodes */
export function preflight(nodes) {
  return nodes.flatMap((node) => [...misnamed(node), ...strange(node), ...renumbered(node), ...unfit(node)])
}

/** @param {KnownNode} node */
function misnamed({ name, facts }) {
  const own = facts.name?.stdout.trim()
  if (own === name) return []
  return [
    `the inventory says ${name}, but that host calls itself '${own ?? ''}' (uname -n), and heartbeat goes by that: ` +
      `run 'hostnamectl set-hostname ${name}' there, or write '${own ?? ''}' in the inventory`,
  ]
}

/** @param {KnownNode} node */
function strange({ name, vars, facts }) {
  return otherPlatform(vars.platform, facts.release?.stdout ?? '').map((why) => `${name}: ${why}`)
}

/** @param {KnownNode} node */
function renumbered({ name, vars, facts }) {
  const found = (facts.accounts?.stdout ?? '').split('\n').map((line) => line.split(':'))
  return groupOf(vars).users.flatMap((user) => {
    const uid = found.find(([account]) => account === user.name)?.[2]
    if (uid === undefined || Number(uid) === user.uid) return []
    return [
      `${name}: user ${user.name} has the number ${uid}, not ${user.uid}, and may own files: remove its package and ` +
        'the user, or give both nodes the number that is in use',
    ]
  })
}

/** @param {KnownNode} node */
function unfit({ name, vars, facts }) {
  const said = Object.fromEntries(
    Object.entries(facts).map(([question, { stdout }]) => [question, stdout.trim()]),
  )
  return groupOf(vars).components.flatMap((component) =>
    (component.unfit?.(said) ?? []).map((why) => `${name}: ${why}`),
  )
}

const WITHOUT_FENCING = 'fencing: none. If the nodes lose all links to each other, both take the service.'

/** What becomes of the writes of two that serve at once. */
const SPLIT = {
  drbd: 'When the links are back, DRBD stays apart (split brain) and a person has to choose whose changes are lost.',
  nfs: 'Both write to the same files of the server then, and may damage them.',
  replication:
    'Both databases take writes then. What one wrote stays unknown to the other one: rejoin.mjs refuses the node ' +
    'that stands back, until -e errant=discard saves it and gives it up.',
}

/** @param {KnownNode['vars']} vars */
function fencingOf({ fencing, storage, database }) {
  if (fencing === 'none') {
    return [
      WITHOUT_FENCING,
      ...(storage && storage.kind !== 'lun' ? [SPLIT[storage.kind]] : []),
      ...(database.mode === 'replication' ? [SPLIT.replication] : []),
    ].join(' ')
  }
  return (
    `fencing: ${fencing.plugin}. A silent node that held the service is reset before the other one takes over; ` +
    'if the device does not answer, nobody does.'
  )
}

/** @param {readonly KnownNode[]} nodes */
export function conclusion(nodes) {
  return byCluster(nodes).flatMap(conclusionOf)
}

/** @param {readonly KnownNode[]} nodes of one cluster */
function conclusionOf(nodes) {
  const [first] = nodes
  if (!first) return []
  const holders = nodes.filter((node) => look(node).vip === 'yes').map(({ name }) => name)
  const { address } = first.vars.vip
  const where =
    holders.length > 0
      ? `the service is at ${address} on ${holders.join(' and ')}`
      : `no node holds ${address}`
  const alarm =
    holders.length > 1 ? ['ATTENTION: both nodes hold the address; stop heartbeat on one of them now'] : []
  return [
    ...nodes.map((node) => `${node.name}: ${tellGroup(groupOf(node.vars), look(node))}`),
    where,
    ...alarm,
    fencingOf(first.vars),
  ]
}

/** @param {KnownNode} node */
export function look({ facts }) {
  return saidOf(facts.group?.stdout ?? '')
}
