// The files of the shared storage as a stream, and back again.
import { raw, sh } from 'runsheet'
import { template } from 'runsheet/resources'

/** @typedef {import('./manifest.mjs').Manifest} Manifest */
/** @typedef {import('../variables.mjs').Variables} Variables */
/** @typedef {NonNullable<Variables['storage']>} Storage */

const url = new URL('../../templates/file-stream', import.meta.url)
const FUNCTIONS = raw(template(url, {}).reveal())

/**
 * @param {Storage} storage
 * @param {Variables['database']} database
 */
function functions({ mount }, { mode }) {
  return sh`
    ${FUNCTIONS}
    mount=${mount} database=${mode === 'shared-disk' ? 'mysql' : ''}
    grep -q ${` ${mount} `} /proc/mounts || { echo ${`${mount} is not mounted here`} >&2; exit 1; }`
}

/**
 * Writes `files.tar.gz` and `files.facts` to a folder.
 *
 * @param {Storage} storage
 * @param {Variables['database']} database
 * @param {string} folder
 */
export function saveFiles(storage, database, folder) {
  return sh`
    ${functions(storage, database)}
    save_files ${folder}`
}

/**
 * The files are those of the backup, with their owners, modes and times.
 *
 * @param {Storage} storage
 * @param {Variables['database']} database
 * @param {Manifest} manifest
 */
export function filesAre(storage, database, { content }) {
  return sh`
    ${functions(storage, database)}
    [ "$(sum_files)" = ${content.files ?? ''} ]`
}

/**
 * @param {Storage} storage
 * @param {Variables['database']} database
 * @param {string} file
 */
export function loadFiles(storage, database, file) {
  return sh`
    ${functions(storage, database)}
    gzip -t ${file}
    load_files ${file}`
}

/**
 * One line where any are there: the mount point, a tab, and what is at its top.
 *
 * @param {Storage} storage
 * @param {Variables['database']} database
 */
export function filesHere(storage, database) {
  return sh`
    ${functions(storage, database)}
    found=$(list_files) || :
    [ -z "$found" ] || printf '%s\\t%s\\n' ${storage.mount} "$(printf %s "$found" | tr '\\n' ' ')"`
}
