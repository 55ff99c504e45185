// A server that is not MariaDB, on a node that is to be one of a pair that replicates.
import { sh } from 'runsheet'

/** Prints what the server of a node says of itself, if it has one. EL keeps it apart from what people call. */
export const serverThere = sh`
  PATH=$PATH:/usr/sbin:/usr/libexec
  ! command -v mysqld >/dev/null || mysqld --version || :`

/**
 * MySQL has other words for all that the playbooks configure and ask, and apt would replace it by MariaDB, which does not
 * understand its files.
 *
 * @param {string} found
 * @returns {string[]}
 */
export function notMariaDb(found) {
  if (found === '' || found.includes('MariaDB')) return []
  return [
    `it has another server (${found}), and a pair that replicates is made of MariaDB alone: take a host without it, or ` +
      'save its data as a dump and remove it, files included',
  ]
}
