// The kinds of storage that both nodes come to the same files by; a cluster without shared files has none.
import { drbd } from './drbd.mjs'

/** @typedef {import('../cluster.mjs').Component} Component */
/** @typedef {import('../variables.mjs').Variables} Variables */

/**
 * @param {Variables} variables
 * @returns {Component[]}
 */
export function storage({ storage: wanted }) {
  return wanted ? [drbd(wanted)] : []
}
