// What only a look across both nodes can find. Checked before any host is contacted.
import { isInSubnet, subnetOf } from 'runsheet/cluster'
import { applicationOf } from './applications.mjs'
import { byCluster } from './cluster.mjs'
import { mastersHaveTheirUser } from './distributed/rules.mjs'
import { deviceProblems } from './fencing/devices.mjs'
import { packaged } from './platforms/rules.mjs'

/** @typedef {import('./variables.mjs').Node} Node */
/** @typedef {import('runsheet').RuleViolation} Violation */

/** @typedef {(first: Node, second: Node) => Violation[]} Check */

const OF_THE_CLUSTER = /** @type {const} */ ([
  'platform',
  'home',
  'vip',
  'storage',
  'database',
  'heartbeat',
  'fencing',
  'application',
  'masters',
])

/** Small ones: a rule that meets a value which is wrong in itself is left out. */
export const rules = [
  pairs,
  packaged,
  mastersHaveTheirUser,
  ...[
    ...OF_THE_CLUSTER.map(equal),
    names,
    addresses,
    vip,
    replicatedDisk,
    replication,
    serverIds,
    fencedStorage,
    fencingDevices,
    cards,
    ping,
    times,
  ].map(ofPair),
]

/** @type {(check: Check) => (nodes: readonly Node[]) => Violation[]} */
function ofPair(check) {
  return (nodes) =>
    byCluster(nodes).flatMap(([first, second, ...more]) =>
      first && second && more.length === 0 ? check(first, second) : [],
    )
}

/** @type {(nodes: readonly Node[]) => Violation[]} */
function pairs(nodes) {
  return byCluster(nodes).flatMap(([first, ...others]) =>
    !first || others.length === 1
      ? []
      : [violation(first, [], `a cluster has exactly two nodes, the inventory gives ${others.length + 1}`)],
  )
}

/** @type {(nodes: readonly Node[]) => Violation[]} */
export function oneCluster(nodes) {
  return byCluster(nodes)
    .slice(1)
    .flatMap(([node]) =>
      node ? [violation(node, ['cluster'], 'another cluster: this playbook makes one at a time')] : [],
    )
}

/** @type {(nodes: readonly Node[]) => Violation[]} */
export function sharedStorage(nodes) {
  return nodes
    .filter(({ vars }) => !vars.storage)
    .flatMap((node) => {
      const { database } = node.vars
      const application = applicationOf(node.vars)
      const data = database.mode === 'shared-disk' ? ['the database'] : []
      const files = application && application.share.length > 0 ? ['files of the application'] : []
      const what = [...data, ...files].join(' and ')
      return what === '' ? [] : [violation(node, ['storage'], `a shared storage is needed, for ${what}`)]
    })
}

/** @type {(mode: Node['vars']['database']['mode']) => (nodes: readonly Node[]) => Violation[]} */
export function databaseMode(mode) {
  return (nodes) =>
    nodes
      .filter(({ vars }) => vars.database.mode !== mode)
      .map((node) =>
        violation(node, ['database', 'mode'], `this playbook is for databases of the mode '${mode}'`),
      )
}

/** @type {(name: (typeof OF_THE_CLUSTER)[number]) => Check} */
function equal(name) {
  return (first, second) =>
    JSON.stringify(first.vars[name]) === JSON.stringify(second.vars[name])
      ? []
      : [violation(second, [name], `${name} differs from that of ${first.name}; give it to the group`)]
}

/** @type {Check} */
function names(first, second) {
  const nodes = [first, second]
  const { home } = first.vars
  // Heartbeat turns node names into lower case and then finds no resources for them.
  const spelled = nodes
    .filter(({ name }) => !/^[a-z0-9][a-z0-9.-]*$/.test(name))
    .map((node) => violation(node, [], `the name ${node.name} is not lower case, as heartbeat needs it`))
  if (nodes.some(({ name }) => name === home)) return spelled
  const short = nodes.find(({ name }) => home.split('.')[0] === name.split('.')[0])
  const message = `home is '${home}', which is no node of this cluster (${first.name}, ${second.name})`
  const hint =
    short && `a full domain name is not the same to heartbeat: write what 'uname -n' says, ${short.name}`
  return [...spelled, { ...violation(first, ['home'], message), ...(hint && { hint }) }]
}

/** @type {Check} */
function addresses(first, second) {
  const subnet = subnetOf(first.vars.vip.address, first.vars.vip.prefix)
  if (!subnet) return []
  const { network, prefix } = subnet
  const outside = [first, second]
    .filter((node) => !isInSubnet(node.vars.address, subnet))
    .map((node) =>
      violation(node, ['address'], `${node.vars.address} is not in the VIP's subnet ${network}/${prefix}`),
    )
  return [...outside, ...twice(first, second, 'address')]
}

/** @type {Check} */
function vip(first, second) {
  const { address, prefix } = first.vars.vip
  const subnet = subnetOf(address, prefix)
  const owner = [first, second].find((node) => node.vars.address === address)
  return [
    ...(owner ? [`the VIP ${address} is the own address of ${owner.name}`] : []),
    ...(address === subnet?.network ? [`the VIP ${address} is the address of the network itself`] : []),
    ...(address === subnet?.broadcast ? [`the VIP ${address} is the broadcast address of its network`] : []),
  ].map((message) => violation(first, ['vip', 'address'], message))
}

/** @type {Check} */
function replicatedDisk(first, second) {
  if (first.vars.storage?.kind !== 'drbd') return []
  const needs = /** @type {const} */ (['disk', 'replication_address'])
  return [first, second].flatMap((node) =>
    needs
      .filter((name) => node.vars[name] === undefined)
      .map((name) => violation(node, [name], `storage of the kind drbd needs a ${name} on each node`)),
  )
}

/** @type {Check} */
function replication(first, second) {
  if (first.vars.replication_address === undefined || second.vars.replication_address === undefined) return []
  const own = subnetOf(first.vars.replication_address, first.vars.vip.prefix)
  const apart = own && !isInSubnet(second.vars.replication_address, own)
  const message = `${second.vars.replication_address} is not in the subnet of ${first.name}'s ${first.vars.replication_address}`
  return [
    ...twice(first, second, 'replication_address'),
    ...(apart ? [violation(second, ['replication_address'], message)] : []),
  ]
}

/** @type {Check} */
function serverIds(first, second) {
  if (first.vars.database.mode !== 'replication') return []
  const missing = [first, second].filter(({ vars }) => vars.server_id === undefined)
  const needs = 'a database that replicates needs a server_id on each node'
  if (missing.length > 0) return missing.map((node) => violation(node, ['server_id'], needs))
  if (first.vars.server_id !== second.vars.server_id) return []
  const message = `${second.vars.server_id} is also the server_id of ${first.name}: each would ignore what the other one sends`
  return [violation(second, ['server_id'], message)]
}

/** @type {Check} */
function fencedStorage({ name, vars }) {
  const { storage, fencing } = vars
  if (fencing !== 'none' || storage === undefined || storage.kind === 'drbd') return []
  const message =
    `storage of the kind ${storage.kind} needs fencing: of two nodes that do not hear each other both would write to ` +
    'one file system, and nothing of it would be left to choose from'
  return [{ host: name, path: ['fencing'], message }]
}

/** @type {Check} */
function fencingDevices(first, second) {
  const { fencing } = first.vars
  return [first, second].flatMap((node) => {
    if (fencing === 'none')
      return node.vars.fence
        ? [violation(node, ['fence'], `there is no device for ${node.name}: fencing is none`)]
        : []
    return deviceProblems(fencing, node).map((problem) =>
      violation(node, ['fencing', 'parameters'], `the device that resets ${node.name}: ${problem}`),
    )
  })
}

/** @type {Check} */
function cards(first) {
  if (new Set(first.vars.heartbeat.cards).size >= 2) return []
  const message =
    'heartbeat needs two different cards at least: with one, a single cut makes both nodes active'
  return [violation(first, ['heartbeat', 'cards'], message)]
}

/** @type {Check} */
function ping(first, second) {
  const own = [first, second].flatMap(({ vars }) => [vars.address, vars.replication_address ?? []].flat())
  return first.vars.heartbeat.ping
    .filter((one) => own.includes(one) || one === first.vars.vip.address)
    .map((one) =>
      violation(first, ['heartbeat', 'ping'], `${one} is of the cluster itself, to reach it proves nothing`),
    )
}

/** @type {Check} */
function times(first) {
  const { keepalive, warntime, deadtime, initdead } = first.vars.heartbeat
  /** @type {[string, boolean, string][]} */
  const checks = [
    [
      'deadtime',
      deadtime > 2 * keepalive,
      `deadtime ${deadtime} must be more than twice keepalive ${keepalive}`,
    ],
    ['warntime', warntime < deadtime, `warntime ${warntime} must be less than deadtime ${deadtime}`],
    ['initdead', initdead >= deadtime, `initdead ${initdead} must not be less than deadtime ${deadtime}`],
  ]
  return checks
    .filter(([, fine]) => !fine)
    .map(([name, , message]) => violation(first, ['heartbeat', name], message))
}

/** @type {(first: Node, second: Node, name: 'address' | 'replication_address') => Violation[]} */
function twice(first, second, name) {
  if (first.vars[name] !== second.vars[name]) return []
  return [violation(second, [name], `${second.vars[name]} is also the ${name} of ${first.name}`)]
}

/** @type {(node: Node, path: string[], message: string) => Violation} */
export function violation(node, path, message) {
  return { host: node.name, path, message }
}
