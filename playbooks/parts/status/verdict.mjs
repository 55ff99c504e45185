// The verdict on all clusters of an inventory: one screen for people, one line and an exit code for a monitoring program.
import { byCluster, groupOf } from '../cluster.mjs'
import { saidOf, tellGroup } from '../group.mjs'
import { findingsOf, isHolder, SEVERITIES } from './findings.mjs'

/** @typedef {import('../cluster.mjs').Group} Group */
/** @typedef {import('../cluster.mjs').Finding} Finding */
/** @typedef {import('./findings.mjs').Asked} Asked */
/** @typedef {import('../variables.mjs').KnownNode} KnownNode */
/** @typedef {import('runsheet').SilentHost<import('../variables.mjs').Variables>} SilentNode */
/** @typedef {import('runsheet').Verdict} Verdict */

/**
 * @typedef {object} Judged one cluster
 * @property {Group} group
 * @property {readonly Asked[]} asked
 * @property {readonly string[]} active the nodes that hold the address; one, where all is well
 * @property {string | undefined} standby
 * @property {readonly Finding[]} findings
 * @property {boolean} safe to fail over now
 * @property {readonly string[]} lost by a fail-over at this moment
 */

const CODES = /** @type {const} */ ({ OK: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: 3 })

/**
 * @param {readonly KnownNode[]} known
 * @param {readonly SilentNode[]} silent
 * @returns {Verdict}
 */
export function verdict(known, silent) {
  const clusters = byCluster([...known, ...silent].toSorted((left, right) => order(left.name, right.name)))
  const judged = clusters.flatMap((nodes) => judge(nodes) ?? [])
  const worst = SEVERITIES.find((severity) => judged.some(({ findings }) => has(findings, severity)))
  const state = /** @type {keyof typeof CODES} */ (worst?.toUpperCase() ?? 'OK')
  return {
    exitCode: CODES[state],
    lines: [`CLUSTER ${state} - ${judged.map(summary).join('; ')}`, ...judged.flatMap(screen)],
    data: { state, clusters: judged.map(data) },
  }
}

/** @param {string} left @param {string} right */
function order(left, right) {
  return left < right ? -1 : 1
}

/** @param {readonly Finding[]} findings @param {Finding['severity']} severity */
function has(findings, severity) {
  return findings.some((finding) => finding.severity === severity)
}

/**
 * @param {readonly (KnownNode | SilentNode)[]} nodes of one cluster
 * @returns {Judged | undefined}
 */
function judge(nodes) {
  const [first] = nodes
  if (!first) return undefined
  const group = groupOf(first.vars)
  const asked = nodes.map(look)
  const active = asked.flatMap(({ name, said }) => (said && isHolder(said) ? [name] : []))
  const standby = asked.find(({ name, said }) => said && !active.includes(name))?.name
  const findings = [...alone(asked), ...findingsOf(group, asked)]
  const safe = active.length === 1 && standby !== undefined && findings.every(({ harmless }) => harmless)
  const lost = [...new Set(findings.flatMap((finding) => finding.lost ?? []))]
  return { group, asked, active, standby, findings, safe, lost }
}

/** @param {KnownNode | SilentNode} node @returns {Asked} */
export function look(node) {
  if ('why' in node) return { name: node.name, said: undefined, why: node.why }
  const { exitCode = 1, stdout = '', stderr = '' } = node.facts.status ?? {}
  if (exitCode === 0) return { name: node.name, said: saidOf(stdout) }
  return {
    name: node.name,
    said: undefined,
    why: `the question ended with exit ${exitCode}: ${stderr.trim()}`,
  }
}

/** With --limit the other node is not asked at all. @param {readonly Asked[]} asked @returns {Finding[]} */
function alone(asked) {
  if (asked.length !== 1) return []
  return [{ severity: 'unknown', what: `of its cluster ${asked[0]?.name} alone was asked` }]
}

/** @param {Judged} judged */
function summary({ group, active, standby, findings, safe }) {
  const verb = active.length > 1 ? 'serve' : 'serves'
  const serves = `${group.name}: ${active.join(' and ') || 'no node'} ${verb} ${group.vip.address}`
  const [first, ...more] = findings
  if (!first) return `${serves}, ${standby} can take over, nothing would be lost`
  const others = more.length > 0 ? ` (and ${more.length} more)` : ''
  return `${serves}, ${safe ? `${standby} can take over` : 'do not fail over now'}: ${first.what}${others}`
}

/** @param {Judged} judged */
function screen({ group, asked, active, standby, findings, safe, lost }) {
  const losses = lost.length > 0 ? lost.join(', and ') : safe ? 'nothing' : 'not known'
  return [
    '',
    `${group.name}`,
    row('active', active.join(' and ') || 'no node'),
    row('fail over', safe ? `yes, to ${standby}` : 'no, not now'),
    row('lost by it', losses),
    ...asked.map(({ name, said, why }) => row(name, said ? tellNode(group, said) : (why ?? ''))),
    row('fencing', group.fencing === 'none' ? 'none' : group.fencing.plugin),
    ...findings.map(({ severity, what }) => row(severity.toUpperCase(), what)),
  ]
}

/** @param {string} word @param {string} text */
function row(word, text) {
  return `  ${word.padEnd(11)} ${text}`
}

/** @param {Group} group @param {import('../cluster.mjs').Said} said */
function tellNode(group, said) {
  const up = group.heartbeat.cards.filter((card) => said[`link:${card}`] === 'up')
  const peer = said.peer ? `, hears its peer on ${up.join(' ') || 'no card'}` : ''
  return `${tellGroup(group, said)}; heartbeat ${said['state:heartbeat'] ?? 'unknown'}${peer}`
}

/** @param {Judged} judged */
function data({ group, asked, active, standby, findings, safe, lost }) {
  return {
    cluster: group.name,
    address: group.vip.address,
    active,
    failover: { safe, to: safe ? standby : null, lost },
    findings,
    nodes: Object.fromEntries(asked.map(({ name, said, why }) => [name, said ?? { silent: why }])),
  }
}
