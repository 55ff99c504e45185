// What the victim of a split brain loses, shown before anything is done.
import { sh } from 'runsheet'
import { errantHere } from '../database/return.mjs'
import { clusterWith, pairOf } from '../named-node.mjs'
import { minorOf, readDrbd, readMount } from '../storage/conditions.mjs'
import { outOfSync } from '../storage/drbd-resource.mjs'
import { isApart, storageOf } from './split.mjs'

/** @typedef {import('./split.mjs').Node} Node */
/** @typedef {import('./split.mjs').KnownNode} KnownNode */
/** @typedef {import('../variables.mjs').Drbd} Drbd */

/** @param {Node} node */
export function lossQuestions({ name, vars: { storage, disk, victim, keep, database } }) {
  if (name !== victim || storage?.kind !== 'drbd' || disk === undefined) return {}
  return {
    amount: outOfSync(storage),
    since: sh`
      journalctl --quiet --reverse --lines=1 --output=short-iso _TRANSPORT=kernel \\
        --grep=${`drbd${minorOf(storage.device)}: new current UUID`} | cut -d ' ' -f 1`,
    newest: newestFiles(storage, disk),
    kept: imagesIn(keep, storage),
    ...(database.mode === 'replication' && { errant: errantHere }),
  }
}

/**
 * Those of earlier splits stay, so each comes with the time of its end, the newest first.
 *
 * @param {string} keep
 * @param {Drbd} storage
 */
function imagesIn(keep, { resource }) {
  return sh`
    find ${keep} -maxdepth 1 -name ${`${resource}-*.img`} -printf '%T@ %TY-%Tm-%Td %TH:%TM %f\\n' 2>/dev/null |
      sort -rn | cut -d ' ' -f 2-`
}

/**
 * Where the file system is not mounted, a private and read-only look at the disk below DRBD: with it nobody else sees the
 * mount, and it ends with the question. Its type is said, for the metadata of DRBD at its end look like one. The kernel may remember what was on the disk before DRBD wrote to it.
 *
 * @param {Drbd} storage
 * @param {string} disk
 */
function newestFiles(storage, disk) {
  const newest = `find . -xdev -type f -printf '%T@ %TY-%Tm-%Td %TH:%TM %s bytes %P\\n' | sort -rn | head -n 40 | cut -d ' ' -f 2-`
  return sh`
    ${readMount(storage)}
    ${readDrbd(storage)}
    case $connection$mounted in
      StandAloneyes | WFConnectionyes) cd ${storage.mount} && timeout 60 sh -c ${newest} ;;
      StandAloneno | WFConnectionno)
        blockdev --flushbufs ${disk}
        timeout 60 unshare --mount sh -c ${`mount -t ${storage.filesystem} -o ro,loop,norecovery "$1" "$2" && cd "$2" && ${newest}`} \\
          sh ${[disk, storage.mount]} ;;
    esac`
}

/**
 * @param {readonly KnownNode[]} known
 * @returns {string[]}
 */
export function whatIsLost(known) {
  const { node } = pairOf(known, known[0]?.vars.victim)
  if (!isApart(node)) return []
  const { keep, storage } = node.vars
  const files = said(node, 'newest').split('\n').filter(Boolean)
  return [
    `${node.name} loses what it has written since ${said(node, 'since') || 'a time that its journal does not know'}:`,
    `  ${said(node, 'amount') || 'an unknown number of'} KiB of its disk differ from what both had before`,
    ...(files.length > 0 ? ['  its newest files, as they are there now:'] : ['  its files cannot be listed']),
    ...files.map((line) => `    ${line.replace(/^(\S+ \S+ \S+ \S+) /, `$1 ${storage?.mount}/`)}`),
    `  ${rowsLost(node)}`,
    keep === 'none'
      ? '  keep=none: nothing of it is kept'
      : `  an image of its copy is kept on ${node.name} in ${keep} before`,
  ]
}

/** @param {KnownNode} node */
function rowsLost({ facts: { errant } }) {
  if (!errant) return 'which rows of tables are lost nobody can tell: a database has them in its files'
  if (errant.exitCode !== 0) return `what only its database has cannot be told: ${errant.stderr.trim()}`
  const own = /\((.*)\)/.exec(errant.stdout)?.[1]
  return own
    ? `transactions that only its database has: ${own}; they stay there until rejoin.mjs saves them and gives them up`
    : 'nothing of the database: the other one has all transactions'
}

/**
 * @param {readonly KnownNode[]} known
 * @returns {string[]}
 */
export function kept(known) {
  const victim = known[0]?.vars.victim
  const node = clusterWith(known, victim).find(({ name }) => name === victim)
  if (!node) return []
  const images = said(node, 'kept').matchAll(/^(\S+ \S+) (\S+\.img)$/gm)
  return [...images].map(
    ([, at, image]) =>
      `kept on ${node.name} at ${at}: ${node.vars.keep}/${image}; look into it with mount -t ${storageOf(node).filesystem} -o ro,loop,norecovery`,
  )
}

/**
 * @param {KnownNode} node
 * @param {string} question
 */
function said({ facts }, question) {
  return facts[question]?.stdout.trim() ?? ''
}
