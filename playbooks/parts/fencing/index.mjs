// Fencing: before a node takes over from one that is silent, it has that one reset.
import { text } from 'runsheet'
import { asksDevice, workingFencing } from 'runsheet/cluster'
import { file, template } from 'runsheet/resources'
import { platformOf } from '../platforms/index.mjs'
import { reload } from '../reload.mjs'
import { deviceOf, packagesOf } from './devices.mjs'

/** @typedef {import('../cluster.mjs').Cluster} Cluster */
/** @typedef {import('../cluster.mjs').Component} Component */
/** @typedef {import('../variables.mjs').Node} Node */
/** @typedef {import('../variables.mjs').Stonith} Stonith */
/** @typedef {import('../variables.mjs').Variables} Variables */

/** Its line has passwords, which `stonith_host` of ha.cf would show to everybody. */
const CONFIGURATION = '/etc/ha.d/stonith.conf'

/** Seconds for which a node stands back behind the better one: more than a BMC takes to cut the power. */
const STANDING_BACK = 10

/**
 * Only a script can be called by one: where heartbeat asks another device itself, both nodes may reset each other at once.
 *
 * @param {Stonith} wanted
 */
function isScript({ plugin }) {
  return plugin.startsWith('external/')
}

/** @param {Stonith} wanted */
function pluginOf(wanted) {
  return isScript(wanted) ? 'external/stand-back' : wanted.plugin
}

/**
 * What has a node reset as heartbeat does it, but for its name; nothing without fencing.
 *
 * @param {Variables['fencing']} wanted
 */
export function resetter(wanted) {
  return wanted === 'none' ? '' : `stonith -t ${pluginOf(wanted)} -F ${CONFIGURATION} -T reset`
}

/**
 * @param {Variables} variables
 * @returns {Component[]}
 */
export function fencing(variables) {
  const { fencing: wanted } = variables
  if (wanted === 'none') return []
  const platform = platformOf(variables)
  const plugin = pluginOf(wanted)
  return [
    {
      packages: packagesOf(wanted.plugin, platform),
      directives: [`stonith ${plugin} ${CONFIGURATION}`],
      configuration: ({ nodes }, node) => [
        ...(isScript(wanted) ? [standBack(wanted, variables)] : []),
        configured(wanted, peerOf(nodes, node), platform),
      ],
      fences: asksDevice({ plugin, file: CONFIGURATION }),
      idle: ({ nodes }) => [
        workingFencing({
          hosts: nodes.map(({ name }) => name),
          plugin,
          file: CONFIGURATION,
          parameters: deviceOf(wanted, peerOf(nodes)).map(({ name }) => name),
        }),
      ],
    },
  ]
}

/**
 * @param {Stonith} wanted
 * @param {Variables} variables
 */
function standBack({ plugin }, variables) {
  const { devices } = platformOf(variables).heartbeat
  const content = template(new URL('../../templates/stand-back', import.meta.url), {
    vip: variables.vip.address,
    ping: variables.heartbeat.ping.join(' '),
    seconds: STANDING_BACK,
    device: `${devices}/${plugin}`,
  })
  const path = `${devices}/external/stand-back`
  return file({ path, content, mode: '0755', owner: 'root', group: 'root' })
}

/**
 * @param {Stonith} wanted
 * @param {Pick<Node, 'vars'>} peer that the device resets
 * @param {import('../platforms/index.mjs').Platform} platform
 */
function configured(wanted, peer, platform) {
  return file(
    {
      path: CONFIGURATION,
      content: stonithConf(wanted, peer),
      mode: '0600',
      owner: 'root',
      group: 'root',
    },
    { notify: reload(platform) },
  )
}

/**
 * Heartbeat reads the first line that is no comment, in which values follow each other (stonith_set_config_file).
 *
 * @param {Stonith} wanted
 * @param {Pick<Node, 'vars'>} peer
 */
export function stonithConf(wanted, peer) {
  const values = deviceOf(wanted, peer).map(({ value }) => (typeof value === 'number' ? `${value}` : value))
  return values.reduce(
    (line, value, index) => text`${line}${index > 0 ? ' ' : ''}${value}`,
    text`# Written by runsheet: the device that resets the other node, ${wanted.plugin}.\n`,
  )
}

/**
 * @param {Cluster['nodes']} nodes
 * @param {Node} [node]
 */
function peerOf(nodes, node) {
  const peer = nodes.find(({ name }) => name !== node?.name)
  if (!peer) throw new TypeError('the rules have not been checked')
  return peer
}
