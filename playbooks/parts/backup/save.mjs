// A backup of one cluster: made on its active node, brought here, and gone from there.
import { join } from 'node:path'
import { lines, play, playFromFacts, sh } from 'runsheet'
import { assert, command, fetch } from 'runsheet/resources'
import { activeHere } from '../active.mjs'
import { saveDatabases } from './database.mjs'
import { saveFiles } from './files.mjs'
import { backupIn, DATABASE, FILES, MANIFEST } from './manifest.mjs'

/** @typedef {import('../cluster.mjs').Cluster} Cluster */
/** @typedef {import('../variables.mjs').Variables} Variables */

const STAGE = '/var/backups/runsheet'
const PARTIAL = `${STAGE}.partial`
const STAGED = `${STAGE}/${MANIFEST}`

/** Twelve hours, in seconds: whoever waits for a backup gives it a night. */
const TIMEOUT = 12 * 3600

/**
 * @param {Cluster} cluster
 * @param {string} to
 */
export function savePlays(cluster, to) {
  const { name, nodes } = cluster
  return [
    play(`backup of ${name}`, nodes, (node) => saved(cluster, node, to)),
    // Each node passes over what the other one has; here alone one sees that both did. With -l one of them may be left out.
    playFromFacts(`the backup of ${name} is here`, nodes, (node, all) => {
      const first = all.find(({ vars }) => vars.cluster === name)
      const isHere = nodes.some((one) => backupIn(join(to, one.name)))
      return isHere || node.name !== first?.name ? [] : [missing(name, to)]
    }),
  ]
}

/**
 * The service may move at any moment: what was made on a node is brought from there, and goes from there.
 *
 * @param {Cluster} cluster
 * @param {import('../cluster.mjs').Node} node
 * @param {string} to
 */
function saved({ vip }, { name, vars }, to) {
  const active = activeHere(vip.address, 'the service is not active here')
  const when = stagedHere(active, to)
  const files = [...partsOf(vars).map(({ file }) => file), MANIFEST]
  return [
    removed('no older backup waits on the node', sh`[ ! -e ${STAGE} ] || ${isOfThisRun(to)}`),
    command(
      { name: 'consistent backup', unless: isOfThisRun(to), run: save(vars, to) },
      { when: active, detached: true, timeout: TIMEOUT },
    ),
    // The manifest last: by it a backup is complete.
    ...files.map((file) => fetch({ from: `${STAGE}/${file}`, to: join(to, name, file) }, { when })),
    removed('no copy is left on the node', sh`[ ! -e ${STAGE} ]`),
  ]
}

/**
 * @param {string} name
 * @param {import('runsheet').Shell} unless
 */
function removed(name, unless) {
  return command({ name, unless, run: sh`rm -r ${STAGE}` })
}

/** @param {string} to */
function isFor(to) {
  return sh`grep -qxF ${`to ${to}`} ${STAGED} 2>/dev/null`
}

/**
 * A run that was cut off has left its copy; whoever goes on within the hour takes that. An older one lacks what was written
 * since.
 *
 * @param {string} to
 */
function isOfThisRun(to) {
  return sh`{ [ -n "$(find ${STAGED} -mmin -60 2>/dev/null)" ] && ${isFor(to)}; }`
}

/**
 * The age does not matter any more: the files before may have taken hours on their way.
 *
 * @param {import('runsheet').Condition} active
 * @param {string} to
 * @returns {import('runsheet').Condition}
 */
function stagedHere({ test }, to) {
  return {
    otherwise: 'no backup was made here',
    test: sh`
      ! ${isFor(to)} || exit 0
      (
      ${test}
      ) || exit $?
      echo 'the service is active here, and no backup was made here yet' >&2
      exit 75`,
  }
}

/** @param {string} name @param {string} to */
function missing(name, to) {
  return assert({
    that: `a backup of ${name} is in ${to}`,
    test: sh`false`,
    otherwise: 'no node had the service when its turn came: see playbooks/status.mjs, then run this again',
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
 * The manifest is written when all else is complete, and the folder gets its name then. Each part ends by itself where it
 * fails: to the left of `||` no `set -e` does that for it.
 *
 * @param {Variables} variables
 * @param {string} to
 */
function save(variables, to) {
  return sh`
    umask 077
    rm -rf ${PARTIAL}
    mkdir -p ${PARTIAL}
    ${lines(
      partsOf(variables).map(
        ({ save: part }) => sh`
      (
      ${part}
      ) || { echo 'the backup is not complete, and nothing of it is kept' >&2; rm -rf ${PARTIAL}; exit 1; }`,
      ),
    )}
    {
      echo ${`cluster ${variables.cluster}`}
      echo "node $(uname -n)"
      date -u '+at %Y-%m-%d %H:%M:%S UTC'
      printf '%s\\n' ${`to ${to}`}
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
