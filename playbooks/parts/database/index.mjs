// The ways in which both nodes come to the same data.
import { platformOf } from '../platforms/index.mjs'
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
export function database(variables) {
  const { storage, database: wanted, vip } = variables
  const platform = platformOf(variables)
  if (wanted.mode === 'remote') return [remote(wanted.address, platform)]
  if (wanted.mode === 'replication')
    return [replication(wanted, platform), ...accounts(wanted.accounts, vip.address)]
  return storage
    ? [sharedDisk(storage, wanted.accounts, platform), ...accounts(wanted.accounts, vip.address)]
    : []
}
