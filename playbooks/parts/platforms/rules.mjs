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
    const follows = database.mode === 'replication' && !server.replicates
    return [
      ...(drbd
        ? [{ host, path: ['storage', 'version'], message: `nobody packages DRBD ${drbd} for ${title}` }]
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
export function packagedForApt(nodes) {
  return nodes
    .filter(({ vars }) => !vars.platform.startsWith('debian-'))
    .map(({ name, vars }) => ({
      host: name,
      path: ['platform'],
      message: `a rolling update knows the lists of apt alone, and ${platformOf(vars).title} has none`,
    }))
}
