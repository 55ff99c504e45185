// What is the matter with a cluster, from what both of its nodes said. The words of heartbeat are those of cl_status(1).
import { halfRestored, PARTS, parts } from '../backup/unfinished.mjs'
import { PAUSED } from '../heartbeat.mjs'
import { equalFiles } from './questions.mjs'

/** @typedef {import('../cluster.mjs').Group} Group */
/** @typedef {import('../cluster.mjs').Look} Look */
/** @typedef {import('../cluster.mjs').Said} Said */
/** @typedef {import('../cluster.mjs').Finding} Finding */
/** @typedef {import('../cluster.mjs').State} State */
/** @typedef {{ name: string, said: Said }} Heard */
/** @typedef {Look & { why?: string | undefined }} Asked with the reason of a silent one */

const RESTORE = 'a restore is at work or has failed; run restore.mjs again'

/**
 * @param {Group} group
 * @param {readonly Asked[]} asked both nodes
 * @returns {Finding[]} the worst first
 */
export function findingsOf(group, asked) {
  const heard = asked.flatMap(({ name, said }) => (said ? [{ name, said }] : []))
  const found = [
    ...silence(asked),
    ...holders(group, asked, heard),
    ...heard.flatMap((node) => [
      ...services(group, node),
      ...mixture(node),
      ...watch(node),
      ...boot(group, node),
      ...heartbeat(group, node),
      ...device(group, node),
    ]),
    ...membership(group, heard),
    ...differences(group, heard),
    ...group.states.flatMap((state) => (state.judge ? state.judge(asked) : misplaced(state, heard))),
  ]
  return SEVERITIES.flatMap((severity) => found.filter((finding) => finding.severity === severity))
}

export const SEVERITIES = /** @type {const} */ (['critical', 'warning', 'unknown'])

/** @param {Said} said */
export function isHolder({ vip }) {
  return vip === 'yes'
}

/** @param {readonly Asked[]} asked @returns {Finding[]} */
function silence(asked) {
  const silent = asked.filter(({ said }) => !said)
  const severity = silent.length < asked.length ? 'warning' : 'unknown'
  return silent.map(({ name, why = 'it was not asked' }) => ({
    severity,
    what: `${name} says nothing: ${why}`,
  }))
}

/** @param {Group} group @param {readonly Asked[]} asked @param {readonly Heard[]} heard @returns {Finding[]} */
function holders({ vip }, asked, heard) {
  const held = heard.filter(({ said }) => isHolder(said)).map(({ name }) => name)
  const all = heard.length === asked.length
  // No move has a moment in which both have it.
  if (held.length > 1) {
    const what = `${held.join(' and ')} both hold ${vip.address}; stop heartbeat on one of them now`
    return [{ severity: 'critical', what, lost: 'what one of the two has written' }]
  }
  if (heard.some(({ said }) => said.moving === 'transition'))
    return [{ severity: held.length === 1 ? 'warning' : 'critical', what: 'heartbeat is moving the service' }]
  if (held.length === 1) return []
  // The other node may serve and be out of reach from here alone.
  const elsewhere = !all && heard.every(({ said }) => said.peer === 'active')
  return [{ severity: elsewhere ? 'unknown' : 'critical', what: `no node is seen to hold ${vip.address}` }]
}

/** @param {Group} group @param {Heard} node @returns {Finding[]} */
function services({ units }, { name, said }) {
  const running = words(said.active)
  const down = units.filter((unit) => !running.includes(unit))
  if (isHolder(said))
    return [
      ...down.map((unit) => critical(`${unit} is down on ${name}, which holds the address`)),
      ...words(said.failing).map((unit) => critical(`${unit} does not answer on ${name}`)),
    ]
  return units
    .filter((unit) => running.includes(unit))
    .map((unit) => warning(`${unit} runs on ${name}, which does not hold the address`))
}

/** Heartbeat serves it all the same, after a boot at the latest. @param {Heard} node @returns {Finding[]} */
function mixture({ name, said }) {
  const half = words(said.half)
  return parts
    .filter((part) => half.includes(part))
    .map((part) =>
      critical(`${PARTS[part]} are half restored, by what is on ${name} (${halfRestored(part)}): ${RESTORE}`),
    )
}

/** @param {Heard} node @returns {Finding[]} */
function watch({ name, said }) {
  if (said.watch !== 'paused') return []
  return [warning(`crashed services of ${name} are not handed over (${PAUSED}): ${RESTORE}`)]
}

/** @param {Group} group @param {Heard} node @returns {Finding[]} */
function boot({ units, daemons }, { name, said }) {
  return [
    ...units
      .filter((unit) => said[`boot:${unit}`] === 'enabled')
      .map((unit) => warning(`${unit} would start on ${name} at boot, beside heartbeat: disable it`)),
    ...[...daemons, 'heartbeat']
      .filter((unit) => !['enabled', 'enabled-runtime'].includes(said[`boot:${unit}`] ?? ''))
      .map((unit) => warning(`${unit} does not start on ${name} at boot: enable it`)),
  ]
}

/** @param {Group} group @param {Heard} node @returns {Finding[]} */
function heartbeat({ heartbeat: { ping } }, { name, said }) {
  const state = said['state:heartbeat'] || 'unknown'
  if (state !== 'active') {
    // The other node takes the service for dead, while it runs here.
    if (isHolder(said)) return [critical(`heartbeat is ${state} on ${name}, which holds the address`)]
    return [warning(`${name} cannot take over: heartbeat is ${state} there`)]
  }
  return [
    ...(said.failback === 'off'
      ? []
      : [warning(`ha.cf of ${name} does not say auto_failback off: a node that comes back takes over`)]),
    ...ping
      .filter((address) => said[`ping:${address}`] !== 'ping')
      .map((address) => warning(`${name} does not reach ${address}, so heartbeat prefers the other node`)),
  ]
}

/**
 * Heartbeat asks it when it is needed, in vain and for ever. That a node has not said so is no sign that it answers.
 *
 * @param {Group} group
 * @param {Heard} node
 * @returns {Finding[]}
 */
function device({ fencing }, { name, said }) {
  if (fencing === 'none' || said.fencing === 'ok') return []
  return [
    warning(
      `the fencing device that ${name} asks does not answer: nobody would take over from a silent node`,
    ),
  ]
}

/** @param {Group} group @param {readonly Heard[]} heard @returns {Finding[]} */
function membership({ heartbeat: { cards }, fencing }, heard) {
  return heard.flatMap(({ name, said }) => {
    if (said['state:heartbeat'] !== 'active') return []
    if (said.peer !== 'active') return [deaf(name, said.peer, heard)]
    return cards
      .filter((card) => said[`link:${card}`] !== 'up')
      .map((card) => ({
        severity: 'warning',
        what: `${name} does not hear its peer on ${card}${fencing === 'none' ? ': without fencing, one more lost link makes both active' : ''}`,
        harmless: fencing !== 'none',
      }))
  })
}

/**
 * A node whose heartbeat is stopped is rightly dead to the other one, and told already.
 *
 * @param {string} name
 * @param {string | undefined} peer
 * @param {readonly Heard[]} heard
 * @returns {Finding}
 */
function deaf(name, peer = '', heard) {
  const both = heard.length === 2 && heard.every(({ said }) => said['state:heartbeat'] === 'active')
  const what = `to ${name}'s heartbeat the peer is ${peer || 'not known'}`
  return both ? critical(`${what}, and both run: they do not hear each other`) : warning(what)
}

/** @param {Group} group @param {readonly Heard[]} heard @returns {Finding[]} */
function differences(group, heard) {
  return equalFiles(group).flatMap((path) => {
    const missing = heard
      .filter(({ said }) => said[`sum:${path}`] === undefined)
      .map(({ name }) => warning(`${name} has no ${path}`))
    const differ = new Set(heard.map(({ said }) => said[`sum:${path}`])).size > 1
    if (missing.length > 0 || !differ) return missing
    return [warning(`${path} differs between ${heard.map(({ name }) => name).join(' and ')}`)]
  })
}

/** @param {State} state @param {readonly Heard[]} heard @returns {Finding[]} */
function misplaced({ here, elsewhere }, heard) {
  return heard.flatMap(({ name, said }) =>
    Object.entries(isHolder(said) ? here : elsewhere)
      .filter(([word, value]) => said[word] !== value)
      .map(([word, value]) => warning(`${name}: ${word} is '${said[word] ?? ''}', not '${value}'`)),
  )
}

/** @param {string | undefined} text */
function words(text = '') {
  return text.split(' ').filter(Boolean)
}

/** @param {string} what @returns {Finding} */
function critical(what) {
  return { severity: 'critical', what }
}

/** @param {string} what @returns {Finding} */
function warning(what) {
  return { severity: 'warning', what }
}
