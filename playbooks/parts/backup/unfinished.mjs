// What a restore leaves on the node while it is at work: the one file stops the watcher and goes with a boot, the others stay
// until a restore has ended well, for what is there till then is half of one state and half of another.
import { whichExist } from 'runsheet/cluster'
import { PAUSED } from '../heartbeat.mjs'

/** @typedef {keyof typeof PARTS} Part */

/** What a backup has of a cluster, as people say it. */
export const PARTS = { database: 'the databases', files: 'the files' }

export const parts = /** @type {Part[]} */ (Object.keys(PARTS))

/** @param {Part} part */
export function halfRestored(part) {
  return `/var/lib/cluster-restore.${part}`
}

export const UNFINISHED = [PAUSED, ...parts.map(halfRestored)]

/** Prints which of them are here. */
export const tellUnfinished = whichExist(UNFINISHED)
