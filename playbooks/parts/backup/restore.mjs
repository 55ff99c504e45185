// A backup takes the place of what is there. Meanwhile the application is stopped, and no account writes to the databases.
import { join } from 'node:path'
import { lines, play, sh } from 'runsheet'
import { overwrite } from 'runsheet/cluster'
import { command } from 'runsheet/resources'
import { activeHere, readHeld, tellActive } from '../active.mjs'
import { PAUSED } from '../heartbeat.mjs'
import { minorOf } from '../storage/conditions.mjs'
import { databasesAre, databasesHere, loadDatabases, NO_WRITES, WRITES } from './database.mjs'
import { filesAre, filesHere, loadFiles } from './files.mjs'
import { DATABASE, FILES } from './manifest.mjs'
import { bring, brought, gone, room } from './staged.mjs'
import { parts as allParts, halfRestored, PARTS } from './unfinished.mjs'

/** @typedef {import('../cluster.mjs').Cluster} Cluster */
/** @typedef {import('./manifest.mjs').Manifest} Manifest */
/** @typedef {import('runsheet').Shell} Shell */

/** Twelve hours, in seconds. */
const TIMEOUT = 12 * 3600

/** @typedef {ReturnType<typeof partsOf>[number]} Part */

/**
 * @param {Cluster} cluster
 * @param {string} from
 * @param {Manifest} manifest
 * @param {readonly string[]} givenUp
 */
export function restorePlays(cluster, from, manifest, givenUp) {
  const { nodes, vip } = cluster
  const when = activeHere(vip.address, 'the service is not active here')
  const parts = partsOf(cluster, manifest)
  return [
    play('bring the backup', nodes, () => [
      room({ when, tags: ['always'] }),
      ...parts.map(({ file, tag, unless }) =>
        bring(join(from, file), file, when, unless, { tags: [tag], timeout: TIMEOUT }),
      ),
    ]),
    ...parts.map((part) => {
      // One task for both nodes: they are judged together, on the same evidence.
      const task = replaced(cluster, part, when, givenUp)
      return play(part.name, nodes, () => [task])
    }),
    play('the application goes on', nodes, () => [
      ...parts.map(({ tag }) => whole(tag)),
      resumed(cluster, parts, when),
      watchedAgain,
      ...parts.map(({ file, tag }) => gone(file, { tags: [tag] })),
    ]),
  ]
}

/**
 * What of the backup this cluster can take.
 *
 * @param {Cluster} cluster
 * @param {Manifest} manifest
 */
function partsOf({ home }, manifest) {
  const { storage, database } = home.vars
  const has = (/** @type {string} */ file) => manifest.files.some(({ name }) => name === file)
  return [
    ...(has(DATABASE) && database.mode !== 'remote' && manifest.databases.length > 0
      ? [
          {
            name: 'the databases are those of the backup',
            tag: /** @type {const} */ ('database'),
            file: DATABASE,
            unless: databasesAre(manifest),
            run: loadDatabases(manifest, brought(DATABASE)),
            there: databasesHere(manifest),
          },
        ]
      : []),
    ...(has(FILES) && storage
      ? [
          {
            name: 'the files are those of the backup',
            tag: /** @type {const} */ ('files'),
            file: FILES,
            unless: filesAre(storage, database, manifest),
            run: loadFiles(storage, database, brought(FILES)),
            there: filesHere(storage, database),
          },
        ]
      : []),
  ]
}

/**
 * @param {Cluster} cluster
 * @param {Part} part
 * @param {import('runsheet').Condition} when
 * @param {readonly string[]} givenUp
 */
function replaced(cluster, { name, tag, unless, run, there }, when, givenUp) {
  const { nodes, vip, home } = cluster
  const { storage } = home.vars
  const guard = overwrite({
    hosts: nodes.map((node) => node.name),
    active: tellActive(vip.address),
    there: sh`
      ${readHeld(vip.address)}
      [ -z "$held" ] || (
      ${there}
      )`,
    givenUp,
    ...(storage?.kind === 'drbd' && { minor: minorOf(storage.device), version: storage.version }),
  })
  // To the left of `||` nothing would stop at its first failure.
  const change = sh`
    ${stopped(cluster)}
    ${lines(tag === 'database' ? [NO_WRITES] : [])}
    : >${halfRestored(tag)}
    sync ${halfRestored(tag)}
    set +e
    (
    set -e
    ${run}
    )
    failed=$?
    set -e
    [ $failed = 0 ] || { echo ${half(tag)} >&2; exit 1; }`
  return command({ name, unless, run: change }, { when, guard, tags: [tag], timeout: TIMEOUT })
}

/** @param {Part['tag']} tag */
function half(tag) {
  const writes = tag === 'database' ? ', and the databases take no writes' : ''
  return `${PARTS[tag]} are half restored: the application stays stopped${writes}. Run the same restore again; all goes on when it has ended well`
}

/**
 * Nobody may write into what is half there, and the watcher must not take that for a failure. The database goes on.
 *
 * @param {Cluster} cluster
 */
function stopped({ units }) {
  const writers = units.filter((unit) => unit !== 'mariadb').toReversed()
  return sh`
    : >${PAUSED}
    ${writers.length > 0 ? sh`systemctl stop ${writers}` : sh`:`}`
}

/**
 * Where a restore has failed and the service has moved since, the other node says so, too.
 *
 * @param {Part['tag']} tag
 */
function whole(tag) {
  const mark = halfRestored(tag)
  const name = `${tag}: nothing is half restored`
  return command({ name, unless: sh`[ ! -e ${mark} ]`, run: sh`rm ${mark}` }, { tags: [tag] })
}

/**
 * Not before both parts are right: after a failure the application stays stopped. A server that replicates took writes
 * before, or it would not have had the service.
 *
 * @param {Cluster} cluster
 * @param {readonly Part[]} parts
 * @param {import('runsheet').Condition} when
 */
function resumed({ units }, parts, when) {
  const hasDatabase = parts.some(({ tag }) => tag === 'database')
  return command(
    {
      name: 'the application runs, and is watched',
      unless: sh`[ ! -e ${PAUSED} ]`,
      run: sh`
        for mark in ${allParts.map(halfRestored)}; do
          [ ! -e "$mark" ] || { echo "$mark says that this is half restored: run the restore without -t" >&2; exit 1; }
        done
        ${lines(hasDatabase ? [sh`systemctl start mariadb.service`, WRITES] : [])}
        ${units.length > 0 ? sh`systemctl start ${units}` : sh`:`}
        rm ${PAUSED}`,
    },
    { when, tags: ['always'] },
  )
}

/** Where a restore has failed and the service has moved since, the file is left on the other node. */
const watchedAgain = command(
  {
    name: 'crashed services are handed over again',
    unless: sh`[ ! -e ${PAUSED} ]`,
    run: sh`rm ${PAUSED}`,
  },
  { tags: ['always'] },
)
