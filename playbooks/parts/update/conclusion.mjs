// Why an update must not begin, and what a person reads at its end, or in a check.
import { byCluster, groupOf } from '../cluster.mjs'
import { conclusion } from '../conclusion.mjs'
import { findingsOf } from '../status/findings.mjs'
import { look } from '../status/verdict.mjs'
import { untold, upgradesIn } from './questions.mjs'

/** @typedef {import('../variables.mjs').KnownNode} KnownNode */

/**
 * Whoever takes nodes away one after the other needs both of them first.
 *
 * @param {readonly KnownNode[]} known
 */
export function unhealthy(known) {
  const findings = byCluster(known).flatMap(([first, ...others]) =>
    first ? findingsOf(groupOf(first.vars), [first, ...others].map(look)) : [],
  )
  return [...findings.filter(({ harmless }) => !harmless).map(({ what }) => what), ...untold(known)]
}

/**
 * A check changes nothing, not even the lists of packages, by which it tells what is new.
 *
 * @param {readonly KnownNode[]} known
 */
export function whatIsLeft(known) {
  return [
    ...untold(known),
    ...known.flatMap(({ name, facts }) => [
      ...(facts.lists?.stdout ? [old(name, facts.lists.stdout)] : []),
      ...upgradesIn(facts.pending?.stdout ?? '').map(
        ({ name: one, from, to }) => `${name}: ${one} ${from} → ${to}`,
      ),
      ...(facts.restart?.stdout ?? '')
        .split('\n')
        .filter(Boolean)
        .map((reason) => `${name} has to restart: ${reason}`),
    ]),
    ...conclusion(known),
  ]
}

/** @param {string} name @param {string} since */
function old(name, since) {
  return `${name}: its lists of packages are of ${since.trim()}; a run renews them first, and may find more than is told here`
}
