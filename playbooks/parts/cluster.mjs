// The cluster as its parts see it, put together from the variables of its nodes.
import { database } from './database.mjs'

/** @typedef {import('./variables.mjs').Node} Node */
/** @typedef {import('./variables.mjs').Variables} Variables */
/** @typedef {ReturnType<typeof groupOf>} Group */
/** @typedef {ReturnType<typeof clusterOf>} Cluster */

/**
 * What moves from node to node, as every node knows it.
 *
 * @param {Variables} variables
 */
export function groupOf({ vip, storage, heartbeat, application }) {
  const services = [database.service, ...application.services]
  return {
    vip,
    storage,
    heartbeat,
    application,
    services,
    units: services.map(({ unit }) => unit),
    groups: [database.group, ...application.groups],
    users: [database.user, ...application.users],
    minor: Number(storage.device.slice('/dev/drbd'.length)),
  }
}

/** @param {readonly Node[]} nodes */
export function clusterOf(nodes) {
  const home = nodes.find((node) => node.name === node.vars.home)
  if (!home) throw new TypeError('the rules have not been checked')
  const group = groupOf(home.vars)
  const replicated = {
    resource: group.storage.resource,
    minor: group.minor,
    disks: Object.fromEntries(nodes.map(({ name, vars }) => [name, vars.disk])),
  }
  return { ...group, nodes, home, replicated }
}
