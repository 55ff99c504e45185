// The shared file system before heartbeat is in charge: used by hand on the home node, then let go.
import { sh } from 'runsheet'
import { newFileSystem, promotion } from 'runsheet/cluster'
import { command, filesystem, mount } from 'runsheet/resources'
import { byHand, primaryHere, readDrbd, readMount } from './conditions.mjs'

/** @typedef {import('./cluster.mjs').Cluster} Cluster */

/** @param {Cluster} cluster */
export function promoted(cluster) {
  const { resource } = cluster.replicated
  return command(
    {
      name: `DRBD resource ${resource} can be written here`,
      unless: sh`
        ${readDrbd(cluster)}
        case $roles in Primary/*) ;; *) false ;; esac`,
      run: sh`drbdadm primary ${resource}`,
    },
    { when: byHand(cluster), guard: promotion(cluster.replicated) },
  )
}

/** @param {Cluster} cluster */
export function sharedFilesystem(cluster) {
  const { device, filesystem: type } = cluster.storage
  return filesystem(
    { device, type },
    { when: primaryHere(cluster), guard: newFileSystem(cluster.replicated) },
  )
}

/** @param {Cluster} cluster */
export function mountedByHand(cluster) {
  const { device, mount: path, filesystem } = cluster.storage
  return mount({ path, device, filesystem, mounted: true }, { when: byHand(cluster) })
}

/**
 * Heartbeat asks whether the first resource of its group runs, and where it does, starts none of the others
 * (req_resource): so it has to find everything stopped.
 *
 * @param {Cluster} cluster
 */
export function released(cluster) {
  const { storage, replicated } = cluster
  return command(
    {
      name: 'the storage is left to heartbeat',
      unless: sh`
        ${readMount(cluster)}
        ${readDrbd(cluster)}
        case $mounted$roles in noSecondary/*) ;; *) false ;; esac`,
      run: sh`
        ${readMount(cluster)}
        [ $mounted = no ] || umount ${storage.mount}
        drbdadm secondary ${replicated.resource}`,
    },
    { when: byHand(cluster) },
  )
}
