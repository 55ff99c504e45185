// From two copies that went different ways to one: the victim stands back, its copy is kept, then it takes the other's.
import { play, sh } from 'runsheet'
import { discardedCopy, heartbeatRuns, splitBrain } from 'runsheet/cluster'
import { command } from 'runsheet/resources'
import { settled } from '../group.mjs'
import { started } from '../heartbeat.mjs'
import { pairOf } from '../named-node.mjs'
import { readDrbd, readMount } from '../storage/conditions.mjs'
import { discardMyData } from '../storage/dialects.mjs'
import { awaitConnection, copiesAreGood, isConnected } from '../storage/drbd-resource.mjs'
import { listens } from '../storage/return.mjs'
import { splitOf, storageOf } from './split.mjs'

/** @typedef {import('./split.mjs').Node} Node */
/** @typedef {import('../cluster.mjs').Cluster} Cluster */
/** @typedef {import('../variables.mjs').Drbd} Drbd */
/** @typedef {import('runsheet/cluster').SplitBrain} SplitBrain */

/**
 * @param {readonly Node[]} all
 * @returns {import('runsheet').Play<import('./split.mjs').Split>[]}
 */
export function resolution(all) {
  const { cluster, nodes, node, peer } = pairOf(all, all[0]?.vars.victim)
  const split = splitOf(nodes)
  const storage = storageOf(node)
  // The parts know the variables of every cluster, and this playbook has more.
  return /** @type {import('runsheet').Play<import('./split.mjs').Split>[]} */ ([
    play('the victim stands back', [node], () => [standsBack(storage, split, cluster)]),
    ...cluster.components.flatMap(
      ({ giveUp }) => giveUp?.({ victim: node, survivor: peer, when: apart(storage) }) ?? [],
    ),
    ...(split.keep ? [play('its copy is kept aside', [node], () => [keptAside(storage, split)])] : []),
    play('the survivor waits for the victim', [peer], () => [listens(storage)]),
    play('the victim gives its changes up', [node], () => [givesUp(storage, split)]),
    play('both copies are the same', [node], () => [copiesAreGood(storage)]),
    play('heartbeat', [node], () => [started(cluster)]),
    play('settled', nodes, () => [settled(cluster)]),
  ])
}

/**
 * Each of the two finds it out by itself.
 *
 * @param {Drbd} storage
 */
function apart(storage) {
  return {
    otherwise: 'the copies are joined',
    test: sh`
      ${readDrbd(storage)}
      [ -n "$roles" ] || { echo 'DRBD is not up' >&2; exit 75; }
      case $connection in StandAlone | WFConnection) ;; *) exit 1 ;; esac`,
  }
}

/**
 * @param {Drbd} storage
 * @param {SplitBrain} split
 * @param {Cluster} cluster
 */
function standsBack(storage, split, { units }) {
  const { resource, mount } = storage
  return command(
    {
      name: `${split.victim} uses nothing of its copy and talks to nobody about it`,
      unless: sh`
        ${readMount(storage)}
        ${readDrbd(storage)}
        case $mounted$connection$roles in noStandAloneSecondary/*) ;; *) false ;; esac &&
          ! ${heartbeatRuns}`,
      run: sh`
        systemctl stop heartbeat.service
        ${units.length > 0 ? sh`systemctl stop ${units}` : sh`:`}
        ${readMount(storage)}
        ${readDrbd(storage)}
        [ $mounted = no ] || umount ${mount}
        # Of one that stands alone DRBD knows no connection any more.
        [ "$connection" = StandAlone ] || drbdadm disconnect ${resource}
        drbdadm secondary ${resource}`,
    },
    { when: apart(storage), guard: splitBrain(split) },
  )
}

/**
 * Read past the kernel's memory, which may hold what was on the disk before DRBD wrote to it. The image has its name when it
 * is complete; what is zero takes no room in it. Where somebody has used the copy meanwhile its name is one of before, and the
 * look that follows finds none.
 *
 * @param {Drbd} storage
 * @param {SplitBrain} split
 */
function keptAside(storage, { disks, victim, keep }) {
  const { folder = '', image = sh`` } = keep ?? {}
  const part = `${folder}/${storage.resource}.part`
  return command(
    {
      name: `an image of its copy is in ${folder}`,
      unless: sh`[ -f "$(${image})" ]`,
      run: sh`
        umask 077
        mkdir -p ${folder}
        image=$(${image})
        dd if=${disks[victim] ?? ''} of=${part} bs=1M iflag=direct conv=sparse,fsync
        mv ${part} "$image"`,
      needs: ['drbdadm'],
    },
    { when: apart(storage) },
  )
}

/**
 * @param {Drbd} storage
 * @param {SplitBrain} split
 */
function givesUp(storage, split) {
  return command(
    {
      name: `${split.victim} takes the survivor's copy in place of its own changes`,
      unless: isConnected(storage),
      run: sh`
        ${discardMyData(storage)}
        ${awaitConnection(storage)}`,
    },
    { guard: discardedCopy(split) },
  )
}
