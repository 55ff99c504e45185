// The group of resources as a whole: one node holds all of it, the other nothing.
import { raw, sh } from 'runsheet'
import { command } from 'runsheet/resources'
import { readDrbd, readMount } from './conditions.mjs'

/** @typedef {import('./cluster.mjs').Group} Group */

/**
 * Sets what the two functions of `conditions.mjs` set, `vip` to yes or no and `active` to the units that run.
 *
 * @param {Group} group
 */
function readGroup(group) {
  const { vip, units } = group
  return sh`
    ${readMount(group)}
    ${readDrbd(group)}
    vip=no
    [ -z "$(ip -oneline -4 address show to ${vip.address})" ] || vip=yes
    active=
    set -- ${units}
    for state in $(systemctl is-active "$@"); do
      case $state in active | reloading) active="$active $1" ;; esac
      shift
    done`
}

/**
 * What a node has of the group, for people: one word and its value a line.
 *
 * @param {Group} group
 */
export function describeGroup(group) {
  return sh`
    ${readGroup(group)}
    echo "vip $vip"
    echo "mounted $mounted"
    echo "connection $connection"
    echo "roles $roles"
    echo "disks $disks"
    echo "active$active"`
}

/** @param {Group} group */
export function settled(group) {
  const { resource } = group.storage
  return [
    command({
      name: 'one node holds the service, the other nothing of it',
      unless: isSettled(group),
      run: sh`
        tries=${group.heartbeat.initdead + 600}
        until (
          ${isSettled(group)}
        ); do
          tries=$((tries - 1))
          [ $tries -gt 0 ] || { ${describeGroup(group)}
            exit 1; } >&2
          sleep 1
        done`,
    }),
    command({
      name: `both copies of DRBD resource ${resource} are good`,
      unless: isReplicated(group),
      run: awaitCopy(group),
    }),
  ]
}

/**
 * All of it here, and every service answers; or nothing of it here, and the peer is the one that writes.
 *
 * @param {Group} group
 */
function isSettled(group) {
  const { services, units } = group
  const checks = services.map(({ check }) => check).filter((check) => check !== undefined)
  return sh`
    ${readGroup(group)}
    case "$vip $mounted $roles$active" in
      ${`yes yes Primary/Secondary ${units.join(' ')}`}) ${raw(checks.map((check) => `( ${check} ) &&`).join(' '))} true ;;
      'no no Secondary/Primary') ;;
      *) false ;;
    esac`
}

/** @param {Group} group */
function isReplicated(group) {
  return sh`
    ${readDrbd(group)}
    [ "$disks" = UpToDate/UpToDate ]`
}

/**
 * A large disk takes hours: it may, as long as it advances. The kernel counts what is out of sync.
 *
 * @param {Group} group
 */
function awaitCopy(group) {
  return sh`
    least= idle=0
    until
      ${isReplicated(group)}
    do
      left=$(sed -n ${`/^ *${group.minor}: /,/oos:/s/.* oos:\\([0-9]*\\).*/\\1/p`} /proc/drbd)
      if [ -n "$left" ] && { [ -z "$least" ] || [ "$left" -lt "$least" ]; }; then
        least=$left idle=0
        echo "$left KiB are left to copy"
      fi
      idle=$((idle + 5))
      [ $idle -le 300 ] || { echo "the copy does not advance: $connection, disks $disks" >&2; exit 1; }
      sleep 5
    done`
}
