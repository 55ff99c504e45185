// The kinds of storage that both nodes come to the same files by; a cluster without shared files has none.
import { platformOf } from '../platforms/index.mjs'
import { drbd } from './drbd.mjs'
import { lun } from './lun.mjs'
import { nfs } from './nfs.mjs'

/** @typedef {import('../cluster.mjs').Component} Component */
/** @typedef {import('../variables.mjs').Variables} Variables */

/**
 * @param {Variables} variables
 * @returns {Component[]}
 */
export function storage(variables) {
  const { storage: wanted, vip } = variables
  const platform = platformOf(variables)
  switch (wanted?.kind) {
    case undefined:
      return []
    case 'drbd':
      return [drbd(wanted, platform)]
    case 'lun':
      return [lun(wanted)]
    case 'nfs':
      return [nfs(wanted, vip, platform.packages)]
  }
}
