// The files of a backup on their way: brought to the node where they are needed, and gone from there at the end.
import { sh } from 'runsheet'
import { command, copy, directory } from 'runsheet/resources'

/** @typedef {import('runsheet').Condition} Condition */
/** @typedef {import('runsheet').Shell} Shell */
/** @typedef {import('runsheet').TaskOptions} Options */

const FOLDER = '/var/backups'

/** @param {Options} options */
export function room(options) {
  return directory({ path: FOLDER }, options)
}

/** @param {string} file */
export function brought(file) {
  return `${FOLDER}/runsheet.restore.${file}`
}

/**
 * Nothing is brought where it would replace nothing.
 *
 * @param {string} from
 * @param {string} file
 * @param {Condition} active
 * @param {Shell} same
 * @param {Options} options
 */
export function bring(from, file, active, same, options) {
  const when = {
    otherwise: 'the service is not active here, or all is as in the backup',
    test: sh`
      (
      ${active.test}
      ) || exit $?
      (
      ${same}
      )
      case $? in 0) exit 1 ;; 1) ;; *) exit 75 ;; esac`,
  }
  return copy({ from, path: brought(file), mode: '0600' }, { ...options, when })
}

/**
 * What a refusal has left is used by the run that says what is given up. The service may have moved between the two, so that
 * nothing is left on whichever node.
 *
 * @param {string} file
 * @param {Options} options
 */
export function gone(file, options) {
  const path = brought(file)
  const name = `no copy of ${file} is left`
  return command({ name, unless: sh`[ ! -e ${path} ]`, run: sh`rm ${path}` }, options)
}
