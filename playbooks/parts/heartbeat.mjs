// Heartbeat 3 in its first mode (haresources): two nodes, one group of resources, started by one of them.
import { handler, sh, text } from 'runsheet'
import { AUTHKEYS, clusterKey, heartbeatStart } from 'runsheet/cluster'
import { file, service, template } from 'runsheet/resources'
import { reload } from './reload.mjs'
import { wholeMessages } from './whole-messages.mjs'

/** @typedef {import('./cluster.mjs').Cluster} Cluster */

/** As long as it is there the watcher hands nothing over: somebody else stops and starts units. */
export const PAUSED = '/run/cluster-watch.paused'

const WATCH = '/etc/ha.d/watch'

/** Heartbeat starts it again when it ends; a shell goes on with the text that it has read. */
function watchAnew() {
  return handler('the watcher is the new one', sh`pkill -f ${`^/bin/sh ${WATCH} `} || [ $? -eq 1 ]`)
}

/** @param {Cluster} cluster */
export function heartbeatConfiguration(cluster) {
  const ours = { owner: 'root', group: 'root' }
  return [
    wholeMessages(),
    file({ path: '/etc/ha.d/resource.d/unit', content: unitScript(), mode: '0755', ...ours }),
    file({ path: WATCH, content: watch(cluster), mode: '0755', ...ours }, { notify: watchAnew() }),
    file({ path: '/etc/ha.d/haresources', content: haresources(cluster), mode: '0644', ...ours }),
    file(
      { path: '/etc/ha.d/ha.cf', content: haCf(cluster), mode: '0644', ...ours },
      { notify: reload(cluster.platform) },
    ),
  ]
}

/**
 * The key has a play of its own, because it is guarded.
 *
 * @param {Cluster} cluster
 */
export function key({ nodes, heartbeat }) {
  const content = text`auth 1\n1 sha1 ${heartbeat.key}\n`
  const guard = clusterKey(
    nodes.map(({ name }) => name),
    content,
  )
  return file({ path: AUTHKEYS, content, mode: '0600', owner: 'root', group: 'root' }, { guard })
}

/** @param {Cluster} cluster */
export function started(cluster) {
  const { nodes, heartbeat, resources, components } = cluster
  const guard = heartbeatStart({
    hosts: nodes.map(({ name }) => name),
    cards: heartbeat.cards,
    scripts: [...new Set(resources.map((resource) => resource.replace(/::.*/, '')))],
    parts: components.flatMap(({ idle }) => idle?.(cluster) ?? []),
  })
  return service({ name: 'heartbeat', running: true, enabled: true }, { guard })
}

/**
 * Seconds. A node that boots and hears nobody may be the one that was fenced. If it took its peer for dead it would reset the
 * one that serves, which would do the same when it has booted, as long as the partition lasts. So it waits until it has
 * heard its peer, as corosync does with `wait_for_all`. Heartbeat keeps the time as milliseconds in 31 bits: 20 days.
 */
const UNTIL_HEARD = 20 * 24 * 3600

/** @param {Cluster} cluster */
export function haCf({ nodes, heartbeat, vip, units, components, fencing, platform }) {
  const { udpport, cards, ping, keepalive, warntime, deadtime, initdead } = heartbeat
  return template(new URL('../templates/ha.cf', import.meta.url), {
    udpport,
    cards: cards.join(' '),
    keepalive,
    warntime,
    deadtime,
    initdead: fencing === 'none' ? initdead : UNTIL_HEARD,
    nodes: nodes.map(({ name }) => `node ${name}\n`).join(''),
    directives: components.flatMap(({ directives = [] }) => directives.map((line) => `${line}\n`)).join(''),
    // A router may be away for a moment longer than a node.
    deadping: deadtime + 5,
    ping: ping.join(' '),
    programs: platform.heartbeat.programs,
    vip: vip.address,
    units: units.join(' '),
  })
}

/** @param {Cluster} cluster */
export function haresources({ home, resources }) {
  const url = new URL('../templates/haresources', import.meta.url)
  return template(url, { home: home.name, resources: resources.join(' ') })
}

export function unitScript() {
  return template(new URL('../templates/unit', import.meta.url), {})
}

/** @param {Pick<Cluster, 'components' | 'home' | 'platform'>} cluster */
export function watch({ components, home, platform }) {
  const questions = components.flatMap(({ peerReady }) => peerReady ?? []).map(({ text }) => text)
  const url = new URL('../templates/watch', import.meta.url)
  return template(url, {
    peer_is_ready: (questions.length > 0 ? questions : [':']).join(' &&\n'),
    home: home.name,
    tools: platform.heartbeat.tools,
    paused: PAUSED,
  })
}
