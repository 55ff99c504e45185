import { type Shell, sh } from '../shell/sh.ts'

/**
 * What DRBD 9 says of its devices, in the lines and words of /proc/drbd of DRBD 8, which 9 has left empty: `events2`
 * (drbdsetup-9.0(8)) tells resource, connection, device and peer device apart. Two nodes, so one peer a resource.
 */
const NINE_AS_EIGHT = sh`
  drbdsetup events2 --now --statistics | awk '
    $1 == "exists" {
      split("", said)
      for (field = 3; field <= NF; field++) {
        colon = index($field, ":")
        said[substr($field, 1, colon - 1)] = substr($field, colon + 1)
      }
      name = said["name"]
      volume = name " " said["volume"]
    }
    $2 == "resource" { role[name] = said["role"] }
    $2 == "connection" { link[name] = said["connection"]; peer[name] = said["role"] }
    $2 == "device" { minor[volume] = said["minor"]; disk[volume] = said["disk"] }
    $2 == "peer-device" {
      copy[volume] = said["peer-disk"]
      doing[volume] = said["replication"]
      behind[volume] = said["out-of-sync"]
    }
    END {
      for (volume in minor) {
        split(volume, word, " ")
        name = word[1]
        state = link[name]
        if (state == "Connected" && doing[volume] != "Established") state = doing[volume]
        if (state == "Connecting") state = "WFConnection"
        if (state == "") state = "StandAlone"
        printf " %s: cs:%s ro:%s/%s", minor[volume], state, role[name], peer[name] == "" ? "Unknown" : peer[name]
        printf " ds:%s/%s C r-----\\n", disk[volume], copy[volume] == "" ? "DUnknown" : copy[volume]
        printf "    oos:%s\\n", behind[volume]
      }
    }'`

/** The dialects of DRBD: what its kernel module speaks. */
export type DrbdVersion = '8.3' | '8.4' | '9'

/** Prints the state of all DRBD devices as /proc/drbd of DRBD 8 does. */
export function drbdState(version: DrbdVersion = '8.4'): Shell {
  return version === '9' ? NINE_AS_EIGHT : sh`cat /proc/drbd`
}
