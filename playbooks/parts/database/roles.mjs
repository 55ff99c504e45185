// Which of two servers that replicate follows the other one, as the node itself finds out at that moment.
import { sh } from 'runsheet'
import { heartbeatRuns } from 'runsheet/cluster'
import { askPeer, readThreads } from 'runsheet/replication'

/** @typedef {import('runsheet').Condition} Condition */

/**
 * It takes writes, or will as soon as heartbeat has promoted the home node for the first time.
 *
 * @param {boolean} isHome
 * @returns {Condition}
 */
export function isSource(isHome) {
  return {
    otherwise: 'the database of the peer takes the writes',
    test: sh`
      ${readThreads()}
      [ "$read_only" = ON ] || exit 0
      [ ${isHome ? 'home' : 'peer'} = home ] && [ "$source" = none ] || exit 1
      ! ${heartbeatRuns}`,
  }
}

/**
 * It follows already, or the peer takes writes. Before heartbeat is in charge the node that is not the home one follows,
 * if it never had anything to give.
 *
 * @param {boolean} isHome
 * @returns {Condition}
 */
export function isReplica(isHome) {
  return {
    otherwise: 'this database follows nobody',
    test: sh`
      ${readThreads()}
      [ "$read_only" = ON ] || exit 1
      [ "$source" = none ] || exit 0
      writes=$(
      ${askPeer(sh`'SELECT @@read_only\\G'`)}
      echo "\${said##* }"
      ) 2>/dev/null || writes=unknown
      [ "$writes" != 0 ] || exit 0
      if ${heartbeatRuns}; then
        [ $writes = 1 ] || { echo 'whether the database of the peer takes writes is not known' >&2; exit 75; }
        exit 1
      fi
      [ ${isHome ? 'home' : 'peer'} = peer ] && [ -z "$history" ]`,
  }
}
