// A node comes to the other's copy again: after a failure, or as a new machine with an empty disk.
import { play, sh } from 'runsheet'
import { replacedDisk } from 'runsheet/cluster'
import { command } from 'runsheet/resources'
import { readDrbd } from './conditions.mjs'
import * as resource from './drbd-resource.mjs'
import { guardOf } from './rejoin-guard.mjs'

/** @typedef {import('../cluster.mjs').Cluster} Cluster */
/** @typedef {import('../variables.mjs').Drbd} Drbd */
/** @typedef {import('../variables.mjs').Node} Node */

/**
 * @param {Drbd} storage
 * @param {Cluster} cluster
 * @param {Node} node
 */
export function rejoin(storage, { nodes }, node) {
  const peers = nodes.filter((one) => one !== node)
  return [
    play('DRBD comes back', [node], () => [reconnected(storage, nodes, node)]),
    play('the active node listens', peers, () => [listens(storage)]),
    play('DRBD connection', [node], () => [resource.connected(storage)]),
    play('the copy catches up', [node], () => [resource.copiesAreGood(storage)]),
  ]
}

/**
 * @param {Drbd} storage
 * @param {Cluster} cluster
 * @param {Node} node
 */
export function replace(storage, { nodes }, node) {
  const peers = nodes.filter((one) => one !== node)
  const replicated = resource.replicated(storage, nodes)
  const guard = replacedDisk(replicated, node.name)
  return [
    play('DRBD metadata', [node], () => [resource.metadata(replicated, guard)]),
    play('the survivor listens', peers, () => [listens(storage)]),
    play('DRBD connection', [node], () => resource.connection(storage)),
    play('the survivor is copied', [node], () => [resource.copiesAreGood(storage)]),
  ]
}

/**
 * Where this is not split brain, DRBD itself knows which copy is the newer one.
 *
 * @param {Drbd} storage
 * @param {readonly Node[]} nodes
 * @param {Node} node
 */
function reconnected(storage, nodes, node) {
  const { resource: name } = storage
  return command(
    {
      name: `DRBD resource ${name} looks for its peer`,
      unless: sh`
        ${readDrbd(storage)}
        case $connection in '' | StandAlone) false ;; esac`,
      run: sh`
        ${readDrbd(storage)}
        if [ -z "$roles" ]; then drbdadm up ${name}; else drbdadm connect ${name}; fi`,
      needs: ['drbdadm'],
    },
    { guard: guardOf(nodes, node.name) },
  )
}

/**
 * After a split brain, too, the one that keeps its copy only listens: what follows is the other one's word.
 *
 * @param {Drbd} storage
 */
export function listens(storage) {
  return command({
    name: `DRBD resource ${storage.resource} listens for the other node`,
    unless: sh`
      ${readDrbd(storage)}
      [ "$connection" != StandAlone ]`,
    run: sh`drbdadm connect ${storage.resource}`,
    needs: ['drbdadm'],
  })
}
