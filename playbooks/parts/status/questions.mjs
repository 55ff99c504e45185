// What a node is asked about itself: one word and its value a line. Nothing is changed, and every command answers at once
// where its daemon is away; only a peer or a fencing device that is gone is waited for, some seconds.
import { lines, raw, sh } from 'runsheet'
import { AUTHKEYS } from 'runsheet/cluster'
import { halfRestored, parts } from '../backup/unfinished.mjs'
import { describeGroup } from '../group.mjs'
import { PAUSED } from '../heartbeat.mjs'

/** @typedef {import('../cluster.mjs').Group} Group */

const HEARTBEAT_FILES = ['/etc/ha.d/ha.cf', '/etc/ha.d/haresources', AUTHKEYS]

/**
 * Those that must be the same on both nodes. Of the key the sum alone leaves the node.
 *
 * @param {Group} group
 */
export function equalFiles({ files }) {
  return [...HEARTBEAT_FILES, ...files]
}

/** @param {Group} group */
export function statusOf(group) {
  const { services, units, daemons, heartbeat, components } = group
  const checks = services.flatMap(({ unit, check }) =>
    check === undefined ? [] : sh`( ${raw(check)} ) >/dev/null 2>&1 || failing="$failing "${unit}`,
  )
  const devices = components.flatMap(({ fences }) => fences ?? [])
  return sh`
    ${describeGroup(group)}
    failing=
    if [ $vip = yes ]; then
      ${lines([...checks, sh`:`])}
    fi
    echo "failing$failing"
    systemctl show --property=Id,ActiveState,UnitFileState ${[...units, ...daemons, 'heartbeat']} |
      while IFS='=' read -r key value; do
        case $key in
          Id) id=\${value%.service} ;;
          ActiveState) echo "state:$id $value" ;;
          UnitFileState) echo "boot:$id $value" ;;
        esac
      done
    peer=$(cl_status listnodes -n 2>/dev/null | grep -vxF "$(uname -n)")
    if [ -n "$peer" ]; then
      echo "peer $(cl_status nodestatus "$peer" 2>/dev/null)"
      echo "moving $(cl_status rscstatus 2>/dev/null)"
      for card in ${heartbeat.cards}; do echo "link:$card $(cl_status hblinkstatus "$peer" "$card" 2>/dev/null)"; done
      for address in ${heartbeat.ping}; do echo "ping:$address $(cl_status nodestatus "$address" 2>/dev/null)"; done
    fi
    [ ! -e ${PAUSED} ] || echo 'watch paused'
    half=
    ${lines(parts.map((part) => sh`[ ! -e ${halfRestored(part)} ] || half="$half "${part}`))}
    [ -z "$half" ] || echo "half$half"
    ${lines(devices.map(fencing))}
    ! grep -qx 'auto_failback off' /etc/ha.d/ha.cf 2>/dev/null || echo 'failback off'
    sha256sum ${equalFiles(group)} 2>/dev/null | while read -r sum path; do echo "sum:$path $sum"; done`
}

/** @param {import('runsheet').Shell} device */
function fencing(device) {
  return sh`
    if (
      ${device}
    ) >/dev/null 2>&1; then echo 'fencing ok'; else echo 'fencing silent'; fi`
}
