// A cluster as its parts see it: two nodes under one heartbeat, and what they run, put together from components.
import { application } from './application.mjs'
import { database } from './database/index.mjs'
import { masters } from './distributed/masters.mjs'
import { fencing } from './fencing/index.mjs'
import { platformOf } from './platforms/index.mjs'
import { storage } from './storage/index.mjs'

/** @typedef {import('./variables.mjs').Node} Node */
/** @typedef {import('./variables.mjs').Variables} Variables */
/** @typedef {import('runsheet').Task} Task */
/** @typedef {import('runsheet').Play<Variables>} Play */
/** @typedef {import('runsheet').Shell} Shell */
/** @typedef {import('runsheet').Guard} Guard */
/** @typedef {import('./applications.mjs').Application} Application */
/** @typedef {import('runsheet/cluster').GuardPart} GuardPart */
/** @typedef {ReturnType<typeof groupOf>} Group */
/** @typedef {ReturnType<typeof clusterOf>} Cluster */

/**
 * What a cluster is made of: its fencing, its storage, its database, its application.
 *
 * @typedef {object} Component
 * @property {readonly string[]} [packages] of the distribution
 * @property {Application['groups']} [groups]
 * @property {Application['users']} [users]
 * @property {readonly string[]} [directives] lines of ha.cf
 * @property {Shell} [fences] asks on a node what would reset the other one; it may take its time, so status alone asks
 * @property {(cluster: Cluster) => GuardPart[]} [idle] what must hold where heartbeat is about to start
 * @property {Shell} [peerReady] tells on the active node, beside the peer's heartbeat, whether the peer could serve
 * @property {readonly string[]} [resources] words of haresources: SCRIPT::ARGUMENT::…
 * @property {Application['services']} [services] units that heartbeat runs on one node, after the resources
 * @property {readonly string[]} [daemons] units that start at boot on both nodes
 * @property {readonly string[]} [modules] of the kernel
 * @property {readonly Port[]} [ports] at which others reach it
 * @property {readonly { path: string, type: string }[]} [contexts] SELinux types of what lies on the shared storage
 * @property {readonly string[]} [files] of its configuration that are the same on both nodes
 * @property {Readonly<Record<string, Shell>>} [asks] questions to each node before a run begins
 * @property {(said: Said) => string[]} [unfit] why it must not begin, by the answers
 * @property {State} [state] by which a person and the last play tell which node has it
 * @property {(cluster: Cluster, node: Node) => Task[]} [configuration] on every node
 * @property {(cluster: Cluster) => Play[]} [prepare] before heartbeat is in charge, in the order of the components
 * @property {(cluster: Cluster) => Play[]} [release] what `prepare` holds by hand, in the opposite order
 * @property {(cluster: Cluster) => Task[]} [acquaint] on a survivor: what it says of the other node
 * @property {(cluster: Cluster, node: Node) => Play[]} [replace] a new machine beside one that serves
 * @property {(cluster: Cluster, node: Node) => Play[]} [rejoin] a node that comes back to one that serves
 * @property {(decision: Decision) => Play[]} [giveUp] what only the victim of a split has, once it stands back
 * @property {(cluster: Cluster) => Task[]} [settle] what is waited for at the end, on every node
 * @property {(cluster: Cluster, to: Node) => Guard} [handover] what both nodes must show before all moves to one of them
 * @property {(cluster: Cluster) => Play[]} [handedOver] what is left to do when it has moved, whichever way
 */

/** @typedef {{ victim: Node, survivor: Node, when: import('runsheet').Condition }} Decision who loses, and whether there is a split, as each finds out */

/** @typedef {{ name: string, port: number, protocol?: 'tcp' | 'udp' }} Port by default of tcp */

/**
 * What a node tells of a component, in variables of the shell.
 *
 * @typedef {object} State
 * @property {Shell} read sets the variables
 * @property {readonly string[]} names of the variables
 * @property {Readonly<Record<string, string>>} here what some of them are on the active node, …
 * @property {Readonly<Record<string, string>>} elsewhere … and the same on the other one
 * @property {(said: Said) => string[]} tell all of them for people, as parts of a sentence
 * @property {(looks: readonly Look[]) => Finding[]} [judge] what is the matter with it; without this, that it is not
 *   as it should be here or elsewhere
 */

/** @typedef {Readonly<Record<string, string | undefined>>} Said with `vip` yes where the node holds the address */

/**
 * What one of the two nodes said of itself.
 *
 * @typedef {object} Look
 * @property {string} name of the node
 * @property {Said | undefined} said undefined where it could not be asked
 */

/**
 * Something that is not as it should be.
 *
 * @typedef {object} Finding
 * @property {'warning' | 'critical' | 'unknown' | 'ok'} severity warning: the service is there, but something that it needs
 *   in case of a failure is not; critical: it is not there, or two nodes write; unknown: nobody can tell; ok: all is as it
 *   should be, and has its price
 * @property {string} what is the matter, as a sentence that names the node
 * @property {string} [lost] what a fail-over at this moment would lose: `312 KiB that node2 has not got`
 * @property {boolean} [harmless] a fail-over is safe all the same
 */

/**
 * What moves from node to node, as every node knows it.
 *
 * @param {Variables} variables
 */
export function groupOf(variables) {
  const { vip, heartbeat } = variables
  const components = [
    ...fencing(variables),
    ...storage(variables),
    ...database(variables),
    ...application(variables),
    ...masters(variables),
  ]
  const services = components.flatMap((component) => component.services ?? [])
  const units = services.map(({ unit }) => unit)
  return {
    name: variables.cluster,
    vip,
    heartbeat,
    fencing: variables.fencing,
    platform: platformOf(variables),
    repositories: variables.repositories,
    components,
    services,
    units,
    groups: components.flatMap((component) => component.groups ?? []),
    users: components.flatMap((component) => component.users ?? []),
    packages: components.flatMap((component) => component.packages ?? []),
    states: components.flatMap((component) => component.state ?? []),
    daemons: components.flatMap((component) => component.daemons ?? []),
    modules: components.flatMap((component) => component.modules ?? []),
    files: components.flatMap((component) => component.files ?? []),
    ports: [
      /** @type {Port} */ ({ name: 'heartbeat', port: heartbeat.udpport, protocol: 'udp' }),
      ...components.flatMap((component) => component.ports ?? []),
    ],
    contexts: components.flatMap((component) => component.contexts ?? []),
    // The address comes last: clients reach it only when everything behind it runs, and whoever holds it holds all.
    resources: [
      ...components.flatMap(({ resources = [] }) => resources),
      ...units.map((unit) => `unit::${unit}`),
      `IPaddr2::${vip.address}/${vip.prefix}/${vip.card}`,
    ],
  }
}

/** @param {readonly Node[]} nodes of one cluster */
export function clusterOf(nodes) {
  const home = nodes.find((node) => node.name === node.vars.home)
  if (!home) throw new TypeError('the rules have not been checked')
  return { ...groupOf(home.vars), nodes, home }
}

/**
 * The clusters of an inventory, in its order.
 *
 * @template {Node} One
 * @param {readonly One[]} nodes
 */
export function byCluster(nodes) {
  /** @type {Map<string, One[]>} */
  const found = new Map()
  for (const node of nodes) found.set(node.vars.cluster, [...(found.get(node.vars.cluster) ?? []), node])
  return [...found.values()]
}
