// What switches a node off and on, as data: which parameters a plugin of cluster-glue takes, and what each node's are.
import { Secret } from 'runsheet'

/** @typedef {import('../variables.mjs').Node} Node */
/** @typedef {import('../variables.mjs').Stonith} Stonith */
/** @typedef {import('../platforms/index.mjs').Packages} Packages */

/**
 * The parameters of well-known plugins in the order in which heartbeat takes them, all of which it wants
 * (`stonith -t PLUGIN -n` of cluster-glue 1.0.12), the one that names the hosts a device is for, if any, and the packages
 * with the program that the plugin calls.
 *
 * @type {Readonly<Record<string, { names: readonly string[], hosts?: string, packages?: (of: Packages) => readonly string[] }>>}
 */
const PLUGINS = {
  'external/ipmi': {
    names: ['hostname', 'ipaddr', 'userid', 'passwd', 'interface'],
    hosts: 'hostname',
    packages: () => ['ipmitool'],
  },
  'external/libvirt': {
    names: ['hostlist', 'hypervisor_uri', 'reboot_method'],
    hosts: 'hostlist',
    packages: ({ libvirt }) => libvirt,
  },
  'external/rackpdu': {
    names: ['hostlist', 'pduip', 'community'],
    hosts: 'hostlist',
    packages: ({ snmp }) => snmp,
  },
  'external/lab': { names: ['switch'] },
}

/**
 * @param {string} plugin
 * @param {{ packages: Packages }} platform
 */
export function packagesOf(plugin, { packages }) {
  return PLUGINS[plugin]?.packages?.(packages) ?? []
}

/** They ask the node itself, or nobody: one that hangs goes on to write. */
const HARMLESS = ['null', 'suicide', 'ssh', 'external/ssh']

/**
 * The parameters of the device that resets a node: those of all nodes and its own, in the order of the plugin or, where
 * that is not known here, of the inventory.
 *
 * @param {Stonith} fencing
 * @param {Pick<Node, 'vars'>} node
 */
export function deviceOf({ plugin, parameters }, { vars }) {
  /** @type {Readonly<Record<string, string | number | Secret>>} */
  const given = { ...parameters, ...vars.fence }
  const order = PLUGINS[plugin]?.names.filter((name) => name in given) ?? []
  const names = [...order, ...Object.keys(given).filter((name) => !order.includes(name))]
  return names.map((name) => ({ name, value: given[name] ?? '' }))
}

/**
 * Why the device would not reset a node, one sentence each.
 *
 * @param {Stonith} fencing
 * @param {Node} node
 */
export function deviceProblems(fencing, node) {
  const { plugin } = fencing
  if (HARMLESS.includes(plugin))
    return [`${plugin} cannot reset a node that hangs: it needs that node's help`]
  const device = deviceOf(fencing, node)
  const given = device.map(({ name }) => name)
  const known = PLUGINS[plugin]
  if (!known) return given.length > 0 ? [] : [`${plugin} needs its parameters, see stonith -t ${plugin} -n`]
  return [
    ...known.names.filter((name) => !given.includes(name)).map((name) => `${plugin} needs ${name}`),
    ...given.filter((name) => !known.names.includes(name)).map((name) => `${plugin} does not know ${name}`),
    ...misses(device, known.hosts, node.name),
  ]
}

/**
 * A list of hosts has commas between them, and may call a host otherwise behind a colon: `node1:domain7`.
 *
 * @param {ReturnType<typeof deviceOf>} device
 * @param {string | undefined} parameter
 * @param {string} host
 */
function misses(device, parameter, host) {
  const value = device.find(({ name }) => name === parameter)?.value
  if (value === undefined || value instanceof Secret) return []
  const hosts = `${value}`.split(',').map((one) => one.split(':')[0])
  return hosts.includes(host) ? [] : [`${parameter} is ${value}, which does not name ${host}`]
}
