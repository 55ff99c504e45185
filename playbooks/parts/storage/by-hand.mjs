// The shared file system before heartbeat is in charge: used by hand on the home node, then let go.
import { sh } from 'runsheet'
import { newFileSystem, promotion } from 'runsheet/cluster'
import { command, filesystem, mount } from 'runsheet/resources'
import { byHand, primaryHere, readDrbd, readMount } from './conditions.mjs'

/** @typedef {import('../variables.mjs').Drbd} Drbd */
/** @typedef {import('runsheet/cluster').ReplicatedDisk} ReplicatedDisk */

/**
 * @param {Drbd} storage
 * @param {ReplicatedDisk} replicated
 */
export function promoted(storage, replicated) {
  const { resource } = storage
  return command(
    {
      name: `DRBD resource ${resource} can be written here`,
      unless: sh`
        ${readDrbd(storage)}
        case $roles in Primary/*) ;; *) false ;; esac`,
      run: sh`drbdadm primary ${resource}`,
    },
    { when: byHand(storage), guard: promotion(replicated) },
  )
}

/**
 * @param {Drbd} storage
 * @param {ReplicatedDisk} replicated
 */
export function sharedFilesystem(storage, replicated) {
  const { device, filesystem: type } = storage
  return filesystem({ device, type }, { when: primaryHere(storage), guard: newFileSystem(replicated) })
}

/** @param {Drbd} storage */
export function mountedByHand(storage) {
  const { device, mount: path, filesystem } = storage
  return mount({ path, device, filesystem, mounted: true }, { when: byHand(storage) })
}

/**
 * A new file system has no label, and what is made in it takes its own from there: a confined daemon could not pass it.
 *
 * @param {import('../platforms/index.mjs').Platform} platform
 * @param {Drbd | import('../variables.mjs').Lun} storage
 */
export function labelledRoot({ semanage }, storage) {
  if (!semanage) return []
  return [
    command(
      {
        name: `${storage.mount} has the label of its place`,
        unless: sh`
          [ ! -d /sys/fs/selinux/booleans ] ||
          case $(stat -c %C ${storage.mount}) in *:unlabeled_t:*) false ;; esac`,
        run: sh`restorecon ${storage.mount}`,
      },
      { when: byHand(storage) },
    ),
  ]
}

/**
 * Heartbeat asks whether the first resource of its group runs, and where it does, starts none of the others
 * (req_resource): so it has to find everything stopped.
 *
 * @param {Drbd} storage
 */
export function released(storage) {
  return command(
    {
      name: 'the storage is left to heartbeat',
      unless: sh`
        ${readMount(storage)}
        ${readDrbd(storage)}
        case $mounted$roles in noSecondary/*) ;; *) false ;; esac`,
      run: sh`
        ${readMount(storage)}
        [ $mounted = no ] || umount ${storage.mount}
        drbdadm secondary ${storage.resource}`,
    },
    { when: byHand(storage) },
  )
}
