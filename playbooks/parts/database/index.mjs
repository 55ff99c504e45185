// The ways in which both nodes come to the same data.
import { accounts } from './accounts.mjs'
import { remote } from './remote.mjs'
import { replication } from './replication.mjs'
import { sharedDisk } from './shared-disk.mjs'

/** @typedef {import('../cluster.mjs').Component} Component */
/** @typedef {import('../variables.mjs').Variables} Variables */

/**
 * @param {Variables} variables
 * @returns {Component[]}
 */
export function database({ storage, database: wanted, vip }) {
  if (wanted.mode === 'remote') return [remote(wanted.address)]
  if (wanted.mode === 'replication') return [replication(wanted), ...accounts(wanted.accounts, vip.address)]
  return storage ? [sharedDisk(storage, wanted.accounts), ...accounts(wanted.accounts, vip.address)] : []
}
