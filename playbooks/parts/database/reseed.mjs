// A replica's data made anew from the other node: saved first what only it has, then filled, started and compared.
import { play, sh } from 'runsheet'
import { COMPARED, compared, errantSaved, following, replica, reseed, reseeding } from 'runsheet/replication'
import { A_DAY } from '../a-day.mjs'
import { look } from '../conclusion.mjs'
import { pairOf } from '../named-node.mjs'
import { offered } from './offer.mjs'
import { databaseAddress, sourceFor } from './replication.mjs'

/** In minutes: a second run that follows the first one has nothing to do, a later one compares anew. */
const AN_HOUR = 60

/** @typedef {import('../variables.mjs').Variables & { node: string, method: 'dump' | 'copy' }} Reseed */

/**
 * @param {readonly import('runsheet').Host<Reseed>[]} all
 * @returns {import('runsheet').Play<Reseed>[]}
 */
export function reseedPlays(all) {
  const { node, peer } = pairOf(all, all[0]?.vars.node)
  const { database, vip, method } = node.vars
  if (database.mode !== 'replication') throw new TypeError('the rules have not been checked')
  const source = sourceFor(database, peer)
  const pair = { nodes: /** @type {const} */ ([node.name, peer.name]) }
  // The parts know the variables of every cluster, and this playbook has one more.
  return /** @type {import('runsheet').Play<Reseed>[]} */ ([
    play('what only this node has', [node], () => [errantSaved({})]),
    // The source opens its door for its replica alone, and for as long as one copy takes.
    ...(method === 'copy'
      ? [
          play('offer of a copy', [peer], () => [
            offered({ address: source.host, to: databaseAddress(node) }),
          ]),
        ]
      : []),
    play('new copy', [node], () => [
      reseed({ source, method }, { guard: reseeding(pair, vip.address), timeout: A_DAY }),
    ]),
    play('replication', [node], () => [replica({ source }, { guard: following(pair) })]),
    play('comparison', [node], () => [compared({ within: AN_HOUR }, { timeout: A_DAY })]),
  ])
}

/** What the comparison found, for people, and when: it may be one of an earlier run. */
export const lastComparison = sh`
  [ ! -s ${COMPARED} ] || echo "$(cat ${COMPARED}), compared at $(date -u -r ${COMPARED} +%Y-%m-%dT%H:%M:%SZ)"`

/**
 * Of the node where that was asked.
 *
 * @param {readonly import('runsheet').KnownHost<import('../variables.mjs').Variables>[]} known
 */
export function comparisonOf(known) {
  return known.flatMap(({ name, facts: { comparison } }) =>
    comparison ? [`${name}: ${comparison.stdout.trim() || 'its data were not compared'}`] : [],
  )
}

/**
 * Why a copy that was cut off does not come back as it is.
 *
 * @param {readonly import('runsheet').KnownHost<import('../variables.mjs').Variables & { node: string, errant?: 'discard' | undefined }>[]} known
 */
export function mustBeComplete(known) {
  return known
    .filter(
      (one) => one.name === one.vars.node && one.vars.errant === undefined && look(one).complete === 'no',
    )
    .map(
      ({ name }) =>
        `${name}: its copy of the database is not complete: run reseed.mjs -e node=${name} first, or say -e errant=discard here`,
    )
}
