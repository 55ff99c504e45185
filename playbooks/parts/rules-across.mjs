// What only a look across clusters can find, where an inventory has several. Checked before any host is contacted.
import { byCluster } from './cluster.mjs'
import { violation } from './rules.mjs'

/** @typedef {import('./variables.mjs').Node} Node */
/** @typedef {import('./variables.mjs').Account} Account */
/** @typedef {import('runsheet').RuleViolation} Violation */
/** @typedef {readonly [Node, ...Node[]]} Cluster */
/** @typedef {(one: Cluster, other: Cluster) => Violation[]} Check */

export const rulesAcross = [
  databaseAndUser,
  ...[deaf, apart, ...[vipIsFree, served, admitted].map(bothWays)].map(ofClusters),
]

/** @type {(nodes: readonly Node[]) => Violation[]} */
function databaseAndUser(nodes) {
  const [first] = nodes
  const clusters = clustersOf(nodes)
  const users = clusters.filter(([node]) => node.vars.database.mode === 'remote')
  if (!first || (clusters.length === 2 && users.length === 1)) return []
  const found = clusters.map(([{ vars }]) => `${vars.cluster} (${vars.database.mode})`).join(', ')
  const message = `two clusters are needed, one of them with a database of the mode remote; here are: ${found}`
  return [
    { ...violation(first, ['cluster'], message), hint: "the variable 'cluster' gives each pair its name" },
  ]
}

/** @type {Check} Heartbeat takes whoever speaks on its port with its key for one of its own. */
function deaf([one], [other]) {
  const [own, others] = [one.vars.heartbeat, other.vars.heartbeat]
  if (own.udpport !== others.udpport || own.key.reveal() !== others.key.reveal()) return []
  const message = `${other.vars.cluster} would hear the heartbeats of ${one.vars.cluster}: they have one udpport and one key`
  return [violation(other, ['heartbeat', 'udpport'], message)]
}

/** @type {Check} No address is in both. */
function apart(one, other) {
  const { address } = other[0].vars.vip
  const names = /** @type {const} */ (['address', 'replication_address'])
  const machines = one.flatMap((left) =>
    other.flatMap((right) =>
      names
        .filter((name) => left.vars[name] !== undefined && left.vars[name] === right.vars[name])
        .map((name) => violation(right, [name], `${right.vars[name]} is also the ${name} of ${left.name}`)),
    ),
  )
  if (one[0].vars.vip.address !== address) return machines
  return [
    ...machines,
    violation(other[0], ['vip', 'address'], `${address} is also the VIP of ${one[0].vars.cluster}`),
  ]
}

/** @type {Check} */
function vipIsFree([{ vars }], other) {
  return other
    .filter((node) => node.vars.address === vars.vip.address)
    .map((node) => violation(node, ['address'], `${node.vars.address} is the VIP of ${vars.cluster}`))
}

/** @type {Check} */
function served([user], [{ vars }]) {
  const { database } = user.vars
  if (database.mode !== 'remote' || database.address === vars.vip.address) return []
  const message = `${database.address} is not the VIP of ${vars.cluster}, which is ${vars.vip.address}`
  return [violation(user, ['database', 'address'], message)]
}

/** @type {Check} Whichever node serves, and whichever address it speaks from. */
function admitted(users, [server]) {
  const [{ vars }] = users
  const { database } = server.vars
  if (vars.database.mode !== 'remote' || database.mode === 'remote') return []
  const clients = [...users.map((node) => node.vars.address), vars.vip.address]
  const path = ['database', 'accounts']
  if (database.accounts.length === 0)
    return [violation(server, path, `${vars.cluster} uses this database, and no account is for it`)]
  const shut = database.accounts.map((account) => ({
    account,
    clients: clients.filter((address) => !account.from.some((pattern) => admits(pattern, address))),
  }))
  // One that the application can use is enough: others are not for it.
  if (shut.some(({ clients }) => clients.length === 0)) return []
  return shut.flatMap(({ account, clients }) =>
    clients.map((address) =>
      violation(server, path, `${account.user} may not come from ${address} of ${vars.cluster}`),
    ),
  )
}

/**
 * @param {string} pattern with % for any characters
 * @param {string} address
 */
function admits(pattern, address) {
  return new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('%', '.*')}$`).test(address)
}

/** @type {(check: Check) => Check} */
function bothWays(check) {
  return (one, other) => [...check(one, other), ...check(other, one)]
}

/** @type {(check: Check) => (nodes: readonly Node[]) => Violation[]} */
function ofClusters(check) {
  return (nodes) => {
    const clusters = clustersOf(nodes)
    return clusters.flatMap((one, index) => clusters.slice(index + 1).flatMap((other) => check(one, other)))
  }
}

/** @type {(nodes: readonly Node[]) => Cluster[]} */
function clustersOf(nodes) {
  return byCluster(nodes).flatMap(([first, ...others]) =>
    first ? [/** @type {Cluster} */ ([first, ...others])] : [],
  )
}
