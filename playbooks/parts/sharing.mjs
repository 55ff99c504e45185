// Directories of the application that move to the shared storage.
import { sh } from 'runsheet'
import { sharedPath } from 'runsheet/cluster'
import { command } from 'runsheet/resources'
import { storageHere } from './conditions.mjs'

/** @typedef {import('./cluster.mjs').Cluster} Cluster */
/** @typedef {import('./variables.mjs').Node} Node */

/**
 * First the shared copy, on the node that sees the storage, then the links, on both.
 *
 * @param {Cluster} cluster
 * @param {Node} node
 */
export function sharing(cluster, node) {
  const { application, storage } = cluster
  const when = storageHere(cluster, node)
  return application.share.flatMap((path) => {
    const target = `${storage.mount}${path}`
    return [command(sharedCopy(path, target), { when }), sharedPath({ path, target })]
  })
}

/**
 * The shared copy begins as what the first node has there; it gets its name when it is complete.
 *
 * @param {string} path
 * @param {string} target
 */
function sharedCopy(path, target) {
  return {
    name: `shared copy of ${path}`,
    unless: sh`[ -d ${target} ]`,
    run: sh`
      rm -rf ${`${target}.new`}
      mkdir -p ${`${target}.new`}
      if [ -d ${path} ]; then
        cp -a ${`${path}/.`} ${`${target}.new`}
      fi
      mv -T ${`${target}.new`} ${target}`,
  }
}
