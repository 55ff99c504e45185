// A database that replicates comes to the other node's again: after a failure, or on a new machine.
import { play, sh } from 'runsheet'
import {
  compared,
  conflicts,
  errantSaved,
  following,
  INCOMPLETE,
  replica,
  reseed,
  reseeding,
  seed,
  seeding,
} from 'runsheet/replication'
import { assert, service } from 'runsheet/resources'
import { A_DAY } from '../a-day.mjs'

/** @typedef {import('../variables.mjs').Node} Node */
/** @typedef {import('runsheet/replication').Pair} Pair */

/**
 * @typedef {object} Return
 * @property {Node} node that comes back, or is new
 * @property {Node} peer where the writes go
 * @property {import('runsheet/replication').Source} source the database of the peer
 */

const running = service({ name: 'mariadb', running: true, enabled: true })

/**
 * The old source becomes a replica. With something in it that only it has, it would never be the same as the other one; that a
 * person has to give up. At the end the sums of both are compared.
 *
 * @param {Return} back
 */
export function rejoin(back) {
  const { node, peer, source } = back
  const pair = pairOf(node, peer)
  return [
    play('database server', [node], () => [running]),
    ...(isGivenUp(node)
      ? givenUp(back)
      : [play('nothing that only this database has', [node], () => [hasNothingOfItsOwn])]),
    play('replication', [node], () => [replica({ source }, { guard: following(pair) })]),
    play('comparison', [node], () => [compared({}, { timeout: A_DAY })]),
  ]
}

/**
 * Whether a person has said the word, which is a variable of rejoin.mjs alone.
 *
 * @param {Node} node
 */
function isGivenUp({ vars }) {
  return 'errant' in vars && vars.errant === 'discard'
}

/**
 * It is saved, and the data are made anew.
 *
 * @param {Return} back
 */
function givenUp({ node, peer, source }) {
  const guard = reseeding(pairOf(node, peer), node.vars.vip.address)
  return [
    play('what only this database has', [node], () => [errantSaved({})]),
    play('new copy of the database', [node], () => [
      reseed({ source }, { when: hasErrant, guard, timeout: A_DAY }),
    ]),
  ]
}

/** @param {Return} back */
export function replace({ node, peer, source }) {
  const pair = pairOf(node, peer)
  return [
    play('database server', [node], () => [running]),
    play('copy of the database', [node], () => [seed({ source }, { guard: seeding(pair), timeout: A_DAY })]),
    play('replication', [node], () => [replica({ source }, { guard: following(pair) })]),
  ]
}

/**
 * @param {Node} node
 * @param {Node} peer
 * @returns {Pair}
 */
export function pairOf(node, peer) {
  return { nodes: [node.name, peer.name] }
}

/** Prints the transactions that only this node's database has, as a sentence. */
export const errantHere = sh`
  conflicts=$(
  ${conflicts(undefined, undefined)}
  ) || { echo 'the histories of both databases cannot be compared' >&2; exit 75; }
  printf '%s\\n' "$conflicts" | sed -n '/transactions/p'`

/**
 * An attempt to give up what only it has may have been cut off: then nothing of it is left to be found, nor of the other data.
 *
 * @type {import('runsheet').Condition}
 */
const hasErrant = {
  otherwise: 'its copy is complete, and the other database knows all that it has',
  test: sh`
    own=$(
    ${errantHere}
    ) || exit 75
    [ -n "$own" ] || [ -e ${INCOMPLETE} ]`,
}

/** A runbook asks what the preflight asks only by a step of its own. */
const hasNothingOfItsOwn = assert({
  that: 'the other database knows all that this one has',
  test: sh`
    own=$(
    ${errantHere}
    ) || exit 75
    [ -z "$own" ] || { printf '%s\\n' "$own" >&2; exit 1; }`,
  otherwise: 'with -e errant=discard it is saved here, and then given up',
})
