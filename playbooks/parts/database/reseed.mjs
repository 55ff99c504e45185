// A replica's data made anew from the other node: saved first what only it has, then filled, started and compared.
import { play, sh } from 'runsheet'
import { COMPARED, compared, errantSaved, following, replica, reseed, reseeding } from 'runsheet/replication'
import { pairOf } from '../named-node.mjs'
import { sourceFor } from './replication.mjs'

/** Seconds: a large database takes its time. */
const A_DAY = 86_400

/** @typedef {import('../variables.mjs').Variables & { node: string }} Reseed */

/**
 * @param {readonly import('runsheet').Host<Reseed>[]} all
 * @returns {import('runsheet').Play<Reseed>[]}
 */
export function reseedPlays(all) {
  const { node, peer } = pairOf(all, all[0]?.vars.node)
  const { database, vip } = node.vars
  if (database.mode !== 'replication') throw new TypeError('the rules have not been checked')
  const source = sourceFor(database, peer)
  const pair = { nodes: /** @type {const} */ ([node.name, peer.name]) }
  // The parts know the variables of every cluster, and this playbook has one more.
  return /** @type {import('runsheet').Play<Reseed>[]} */ ([
    play('what only this node has', [node], () => [errantSaved({})]),
    play('new copy', [node], () => [
      reseed({ source }, { guard: reseeding(pair, vip.address), timeout: A_DAY }),
    ]),
    play('replication', [node], () => [replica({ source }, { guard: following(pair) })]),
    play('comparison', [node], () => [compared({}, { timeout: A_DAY })]),
  ])
}

/** What the comparison found, for people. */
export const lastComparison = sh`[ ! -s ${COMPARED} ] || cat ${COMPARED}`

/** @param {readonly import('runsheet').KnownHost<Reseed>[]} known */
export function comparisonOf(known) {
  return known
    .filter(({ name, vars }) => name === vars.node)
    .map(({ name, facts }) => `${name}: ${facts.comparison?.stdout.trim() || 'its data were not compared'}`)
}
