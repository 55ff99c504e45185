// Where the storage is at this moment. The words of /proc are read without a fork.
import { sh } from 'runsheet'
import { drbdState, heartbeatRuns } from 'runsheet/cluster'

/** @typedef {import('../variables.mjs').Drbd} Drbd */
/** @typedef {import('../variables.mjs').Lun} Lun */
/** @typedef {import('../variables.mjs').Storage} Storage */
/** @typedef {{ mount: string }} Mounted */
/** @typedef {import('runsheet').Condition} Condition */

/**
 * N of /dev/drbdN.
 *
 * @param {string} device
 */
export function minorOf(device) {
  return Number(device.slice('/dev/drbd'.length))
}

/**
 * Sets `connection`, `roles` (mine/peer's) and `disks` (mine/peer's), empty while DRBD is not up.
 *
 * @param {Drbd} storage
 */
export function readDrbd({ device, version }) {
  if (version === '9') return readNine(device)
  return sh`
    connection= roles= disks=
    [ ! -r /proc/drbd ] || while read -r minor state role disk _; do
      [ "$minor" != ${`${minorOf(device)}:`} ] || connection=\${state#cs:} roles=\${role#ro:} disks=\${disk#ds:}
    done </proc/drbd`
}

/**
 * The same for DRBD 9, which fills no /proc/drbd.
 *
 * @param {string} device
 */
function readNine(device) {
  return sh`
    connection= roles= disks=
    state=$(${drbdState('9')} | grep ${`^ ${minorOf(device)}: `}) && {
      connection=\${state#*cs:} roles=\${state#*ro:} disks=\${state#*ds:}
      connection=\${connection%% *} roles=\${roles%% *} disks=\${disks%% *}
    }`
}

/**
 * Sets `oos` to the KiB that the peer's copy differs by, as the kernel counts them; empty while DRBD is not up.
 *
 * @param {Drbd} storage
 */
export function readOutOfSync({ device, version }) {
  if (version === '9')
    return sh`oos=$(${drbdState('9')} | sed -n ${`/^ ${minorOf(device)}: /{n;s/.*oos://p;}`})`
  return sh`
    oos= own=
    [ ! -r /proc/drbd ] || while read -r first rest; do
      case $first in ${`${minorOf(device)}:`}) own=yes ;; [0-9]*:) own= ;; esac
      case $own$rest in yes*oos:*) oos=\${rest##*oos:} own= ;; esac
    done </proc/drbd
    oos=\${oos%% *}`
}

/**
 * Sets `mounted` to yes or no.
 *
 * @param {Mounted} storage
 */
export function readMount({ mount }) {
  return sh`
    mounted=no
    while read -r _ point _; do
      [ "$point" != ${mount} ] || mounted=yes
    done </proc/mounts`
}

/**
 * Sets `held` to yes while DRBD holds all writes: of a primary with fencing that does not know whether its peer lives. It is the
 * first of the flags of /proc/drbd (drbd_seq_show of 8.4). By this project's configuration DRBD 9 holds none.
 *
 * @param {Drbd} storage
 */
export function readHeld({ device, version }) {
  if (version === '9') return sh`held=no`
  return sh`
    held=no
    [ ! -r /proc/drbd ] || while read -r minor _ _ _ flags; do
      case $minor/\${flags#[ABC] } in ${`${minorOf(device)}:/s`}*) held=yes ;; esac
    done </proc/drbd`
}

/**
 * Exits with 1 where the peer is known to have the storage, and with 75 where that cannot be told yet. What it lets
 * through is not proven to be free: that is for guards, which ask the peer.
 *
 * @param {Storage} storage
 */
function unlessPeerHasIt(storage) {
  switch (storage.kind) {
    case 'drbd':
      return sh`
        ${readDrbd(storage)}
        [ -n "$roles" ] || { echo 'DRBD is not up yet' >&2; exit 75; }
        case $roles in */Primary) exit 1 ;; esac`
    case 'lun':
      return sh`
        ${readHolder(storage)}
        [ $holder != peer ] || exit 1`
    case 'nfs':
      return sh`:`
  }
}

/**
 * Sets `holder` to own, peer or none. The kernel that has an ext4 with mmp mounted keeps its node's name in it; one that is
 * clean has the number of EXT4_MMP_SEQ_CLEAN. After a crash the name is the victim's. Without the bitmaps (`-c` of debugfs(8)),
 * which the peer may be about to write: one that does not fit to its checksum would leave nothing to be read.
 *
 * @param {Lun} storage
 */
export function readHolder({ disk }) {
  return sh`
    holder=none
    held=$(debugfs -c -R dump_mmp ${disk} 2>/dev/null) || held=
    case $held in
      *'sequence: ff4d4d50'*) ;;
      *'sequence: '*) case "$held
" in *"node_name: $(uname -n)
"*) holder=own ;; *) holder=peer ;; esac ;;
    esac`
}

/**
 * The first set-up, or both heartbeats stopped for maintenance: nobody but this run moves the storage.
 *
 * @param {Storage} storage
 * @returns {Condition}
 */
export function byHand(storage) {
  return {
    otherwise: 'heartbeat is in charge of the storage',
    test: sh`
      ! ${heartbeatRuns} || exit 1
      ${unlessPeerHasIt(storage)}`,
  }
}

/**
 * This node is the one that may write.
 *
 * @param {Drbd} storage
 * @returns {Condition}
 */
export function primaryHere(storage) {
  return {
    otherwise: 'this node is not the primary',
    test: sh`
      ${readDrbd(storage)}
      case $roles in Primary/*) exit 0 ;; */Primary) exit 1 ;; esac
      ! ${heartbeatRuns} || exit 1
      echo 'this node becomes the primary in an earlier task' >&2
      exit 75`,
  }
}

/**
 * The storage is mounted on this node, whoever did it.
 *
 * @param {Storage} storage
 * @param {boolean} isHome
 * @returns {Condition}
 */
export function storageHere(storage, isHome) {
  return {
    otherwise: 'the shared storage is not mounted here',
    test: sh`
      ${readMount(storage)}
      [ $mounted = no ] || exit 0
      [ ${isHome ? 'home' : 'peer'} = home ] || exit 1
      ! ${heartbeatRuns} || exit 1
      ${unlessPeerHasIt(storage)}
      echo 'the storage is mounted by an earlier task' >&2
      exit 75`,
  }
}

/**
 * @param {Mounted} storage
 * @returns {Condition}
 */
export function storageElsewhere(storage) {
  return {
    otherwise: 'the shared storage is mounted here',
    test: sh`
      ${readMount(storage)}
      [ $mounted = no ]`,
  }
}
