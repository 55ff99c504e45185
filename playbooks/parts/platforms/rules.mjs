// What a platform cannot do, told before any host is contacted.
import { platformOf } from './index.mjs'

/** @typedef {import('../variables.mjs').Node} Node */
/** @typedef {import('runsheet').RuleViolation} Violation */

/**
 * @param {readonly Node[]} nodes
 * @returns {Violation[]}
 */
export function packaged(nodes) {
  return nodes.flatMap(({ name: host, vars }) => {
    const { storage, database } = vars
    const { title, refused, packages, database: server } = platformOf(vars)
    if (refused) return [{ host, path: ['platform'], message: `no cluster is made of ${title}: ${refused}` }]
    const drbd = storage?.kind === 'drbd' && packages.drbd[storage.version].length === 0 && storage.version
    const ofYum = vars.repositories.length > 0 && isDebian(vars)
    const follows = database.mode === 'replication' && !server.replicates
    return [
      ...(drbd
        ? [{ host, path: ['storage', 'version'], message: `nobody packages DRBD ${drbd} for ${title}` }]
        : []),
      ...(ofYum
        ? [
            {
              host,
              path: ['repositories'],
              message: `repositories are sources of RPM packages, and ${title} takes those of apt`,
            },
          ]
        : []),
      ...(follows
        ? [
            {
              host,
              path: ['database', 'mode'],
              message: `the database of ${title} knows no GTID to replicate by`,
            },
          ]
        : []),
    ]
  })
}

/**
 * @param {readonly Pick<Node, 'name' | 'vars'>[]} nodes
 * @returns {Violation[]}
 */
export function packagedForBackup(nodes) {
  return nodes
    .filter(({ vars }) => vars.database.mode !== 'remote' && platformOf(vars).packages.backup.length === 0)
    .map(({ name, vars }) => ({
      host: name,
      path: ['platform'],
      message: `the database of ${platformOf(vars).title} has none of the programs that save it: mariadb-dump, mariadb-backup`,
    }))
}

/**
 * @param {readonly Pick<Node, 'name' | 'vars'>[]} nodes
 * @returns {Violation[]}
 */
export function packagedForApt(nodes) {
  return nodes
    .filter(({ vars }) => !isDebian(vars))
    .map(({ name, vars }) => ({
      host: name,
      path: ['platform'],
      message: `a rolling update knows the lists of apt alone, and ${platformOf(vars).title} has none`,
    }))
}

/** @param {Pick<import('../variables.mjs').Variables, 'platform'>} vars */
function isDebian({ platform }) {
  return platform.startsWith('debian-')
}
