// The ways in which both nodes come to the same data.
import { sharedDisk } from './shared-disk.mjs'

/** @typedef {import('../cluster.mjs').Component} Component */
/** @typedef {import('../variables.mjs').Variables} Variables */

/**
 * @param {Variables} variables
 * @returns {Component[]}
 */
export function database({ storage }) {
  return storage ? [sharedDisk(storage)] : []
}
