// Where the storage is at this moment. The words of /proc are read without a fork.
import { sh } from 'runsheet'

/** @typedef {import('./cluster.mjs').Cluster} Cluster */
/** @typedef {import('./cluster.mjs').Group} Group */
/** @typedef {import('./variables.mjs').Node} Node */
/** @typedef {import('runsheet').Condition} Condition */

/**
 * Sets `connection`, `roles` (mine/peer's) and `disks` (mine/peer's), empty while DRBD is not up.
 *
 * @param {Group} group
 */
export function readDrbd({ minor }) {
  return sh`
    connection= roles= disks=
    [ ! -r /proc/drbd ] || while read -r device state role disk _; do
      [ "$device" != ${`${minor}:`} ] || connection=\${state#cs:} roles=\${role#ro:} disks=\${disk#ds:}
    done </proc/drbd`
}

/**
 * Sets `mounted` to yes or no.
 *
 * @param {Group} group
 */
export function readMount({ storage }) {
  return sh`
    mounted=no
    while read -r _ point _; do
      [ "$point" != ${storage.mount} ] || mounted=yes
    done </proc/mounts`
}

/**
 * The first set-up, or both heartbeats stopped for maintenance: nobody but this run moves the storage.
 *
 * @param {Group} group
 * @returns {Condition}
 */
export function byHand(group) {
  return {
    otherwise: 'heartbeat is in charge of the storage',
    test: sh`
      ${readDrbd(group)}
      [ -n "$roles" ] || { echo 'DRBD is not up yet' >&2; exit 75; }
      case $roles in */Primary) exit 1 ;; esac
      ! systemctl is-active --quiet heartbeat.service`,
  }
}

/**
 * This node is the one that may write.
 *
 * @param {Group} group
 * @returns {Condition}
 */
export function primaryHere(group) {
  return {
    otherwise: 'this node is not the primary',
    test: sh`
      ${readDrbd(group)}
      case $roles in Primary/*) exit 0 ;; */Primary) exit 1 ;; esac
      ! systemctl is-active --quiet heartbeat.service || exit 1
      echo 'this node becomes the primary in an earlier task' >&2
      exit 75`,
  }
}

/**
 * The storage is mounted on this node, whoever did it.
 *
 * @param {Cluster} cluster
 * @param {Node} node
 * @returns {Condition}
 */
export function storageHere(cluster, node) {
  const isHome = node === cluster.home
  return {
    otherwise: 'the shared storage is not mounted here',
    test: sh`
      ${readMount(cluster)}
      [ $mounted = no ] || exit 0
      [ ${isHome ? 'home' : 'peer'} = home ] || exit 1
      ${readDrbd(cluster)}
      case $roles in */Primary) exit 1 ;; esac
      ! systemctl is-active --quiet heartbeat.service || exit 1
      echo 'the storage is mounted by an earlier task' >&2
      exit 75`,
  }
}

/**
 * @param {Group} group
 * @returns {Condition}
 */
export function storageElsewhere(group) {
  return {
    otherwise: 'the shared storage is mounted here',
    test: sh`
      ${readMount(group)}
      [ $mounted = no ]`,
  }
}
