// A backup of one cluster: made on its active node, brought here, and gone from there.
import { join } from 'node:path'
import { lines, play, sh } from 'runsheet'
import { command, fetch } from 'runsheet/resources'
import { activeHere } from '../active.mjs'
import { saveDatabases } from './database.mjs'
import { saveFiles } from './files.mjs'
import { DATABASE, FILES, MANIFEST } from './manifest.mjs'

/** @typedef {import('../cluster.mjs').Cluster} Cluster */
/** @typedef {import('../variables.mjs').Variables} Variables */

const STAGE = '/var/backups/runsheet'
const PARTIAL = `${STAGE}.partial`

/** Twelve hours, in seconds: whoever waits for a backup gives it a night. */
const TIMEOUT = 12 * 3600

/**
 * @param {Cluster} cluster
 * @param {string} to
 */
export function savePlay({ name, nodes, vip }, to) {
  return play(`backup of ${name}`, nodes, (node) => {
    const when = activeHere(vip.address, 'the service is not active here')
    const files = [...partsOf(node.vars).map(({ file }) => file), MANIFEST]
    return [
      command(
        { name: 'consistent backup', unless: sh`[ -e ${`${STAGE}/${MANIFEST}`} ]`, run: save(node.vars) },
        { when, detached: true, timeout: TIMEOUT },
      ),
      // The manifest last: by it a backup is complete.
      ...files.map((file) => fetch({ from: `${STAGE}/${file}`, to: join(to, node.name, file) }, { when })),
      command(
        { name: 'no copy is left on the node', unless: sh`[ ! -e ${STAGE} ]`, run: sh`rm -r ${STAGE}` },
        { when },
      ),
    ]
  })
}

/** @param {Variables} variables */
export function hasData({ database, storage }) {
  return database.mode !== 'remote' || storage !== undefined
}

/** @param {Variables} variables */
function partsOf({ database, storage }) {
  return [
    ...(database.mode === 'remote' ? [] : [{ file: DATABASE, save: saveDatabases(PARTIAL) }]),
    ...(storage ? [{ file: FILES, save: saveFiles(storage, database, PARTIAL) }] : []),
  ]
}

/**
 * The manifest is written when all else is complete, and the folder gets its name then.
 *
 * @param {Variables} variables
 */
function save(variables) {
  return sh`
    umask 077
    rm -rf ${PARTIAL}
    mkdir -p ${PARTIAL}
    ${lines(
      partsOf(variables).map(
        ({ save: part }) => sh`
      (
      set -e
      ${part}
      ) || { echo 'the backup is not complete, and nothing of it is kept' >&2; rm -rf ${PARTIAL}; exit 1; }`,
      ),
    )}
    {
      echo ${`cluster ${variables.cluster}`}
      echo "node $(uname -n)"
      date -u '+at %Y-%m-%d %H:%M:%S UTC'
      cat ${PARTIAL}/*.facts
      cd ${PARTIAL}
      for file in *.gz; do
        sum=$(sha256sum <"$file")
        echo "file \${sum%% *} $(stat -c %s "$file") $file"
      done
    } >${`${PARTIAL}/${MANIFEST}`}
    rm -rf ${STAGE}
    mv ${PARTIAL} ${STAGE}`
}
