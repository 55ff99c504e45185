// Which of the two nodes has the service: the one that holds its address, since the address comes last.
import { sh } from 'runsheet'
import { heartbeatRuns } from 'runsheet/cluster'

/**
 * Sets `held`, empty where the address is not here.
 *
 * @param {string} vip
 */
export function readHeld(vip) {
  return sh`held=$(ip -oneline -4 address show to ${vip}) || exit 75`
}

/**
 * @param {string} vip
 * @param {string} otherwise
 * @returns {import('runsheet').Condition}
 */
export function activeHere(vip, otherwise) {
  return {
    otherwise,
    test: sh`
      ${readHeld(vip)}
      [ -z "$held" ] || exit 0
      ! ${heartbeatRuns} || exit 1
      echo 'heartbeat, which decides that, does not run here' >&2
      exit 75`,
  }
}

/** Prints `active` or `standby`. @param {string} vip */
export function tellActive(vip) {
  return sh`
    ${readHeld(vip)}
    if [ -n "$held" ]; then echo active; else echo standby; fi`
}
