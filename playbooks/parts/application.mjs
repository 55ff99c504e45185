// The application: units that heartbeat runs after everything else, and directories on the shared storage.
import { play, sh } from 'runsheet'
import { sharedPath } from 'runsheet/cluster'
import { command } from 'runsheet/resources'
import { applicationOf } from './applications.mjs'
import { storageHere } from './storage/conditions.mjs'

/** @typedef {import('./cluster.mjs').Component} Component */
/** @typedef {import('./applications.mjs').Application} Application */
/** @typedef {import('./variables.mjs').Storage} Storage */
/** @typedef {import('./variables.mjs').Variables} Variables */

/**
 * @param {Variables} variables
 * @returns {Component[]}
 */
export function application(variables) {
  const { storage } = variables
  const wanted = applicationOf(variables)
  if (!wanted) return []
  const { packages, services, groups, users, share, contexts, ports } = wanted
  return [
    {
      ports: ports.map((port) => ({ name: `application-${port}`, port })),
      contexts: storage
        ? Object.entries(contexts).map(([path, type]) => ({ path: `${storage.mount}${path}`, type }))
        : [],
      packages,
      services,
      groups,
      users,
      replace: (_, node) =>
        storage ? [play('shared data', [node], () => sharing(share, storage, false))] : [],
      prepare: ({ nodes, home }) =>
        storage ? [play('shared data', nodes, (node) => sharing(share, storage, node === home))] : [],
    },
  ]
}

/**
 * First the shared copy, on the node that sees the storage, then the links, on both.
 *
 * @param {Application['share']} share
 * @param {Storage} storage
 * @param {boolean} isHome
 */
function sharing(share, storage, isHome) {
  const when = storageHere(storage, isHome)
  return share.flatMap((path) => {
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
