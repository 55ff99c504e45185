import { defineResource } from '../resource/contract.ts'
import { lines, type Shell, sh } from '../shell/sh.ts'
import { isPath, problemsOf } from './checks.ts'
import { refuseUnlessEmpty } from './empty-device.ts'
import { isLvmName, lvm } from './lvm.ts'
import { eachLine, fail } from './snippets.ts'

/**
 * A volume group of LVM. It grows by devices that are named, and loses none. A device is taken only where nothing at
 * all is found on it and nobody uses it; whatever is found is a refusal that names it.
 *
 * @example volumeGroup({ name: 'data', devices: ['/dev/disk/by-id/virtio-data'] })
 */
export interface VolumeGroup {
  /** Letters, digits, `_`, `+`, `.` and `-`. */
  name: string
  /** The paths of disks or partitions, by any of their names. */
  devices: readonly string[]
}

/** @see VolumeGroup */
export const volumeGroup = defineResource<VolumeGroup>({
  kind: 'volume-group',
  id: ({ name }) => name,
  problems: ({ name, devices }) =>
    problemsOf(
      [isLvmName(name), `no volume group can be called ${name}`],
      [devices.length > 0, `the volume group ${name} has no devices`],
      ...devices.map((one) => [isPath(one), `the path of a device is absolute: ${one}`] as const),
    ),
  needs: () => ['pvs'],
  probe: (want) => sh`
    ${readDevices(want)}
    echo "group $group"
    if [ $group = present ]; then printf 'devices%s\\n' "$held"; fi
  `,
  expect: ({ devices }) => ({ group: 'present', devices: devices.join(' ') }),
  apply: (want) => sh`
    ${readDevices(want)}
    set --
    ${lines(want.devices.map(admit))}
    export LVM_SUPPRESS_FD_WARNINGS=1
    if [ $group = absent ]; then vgcreate ${want.name} "$@"
    elif [ $# -gt 0 ]; then vgextend ${want.name} "$@"
    fi
  `,
})

/** Sets `group`, `held` (the wished devices that are in it, each after a blank) and `others`, those of other groups. */
function readDevices({ name, devices }: VolumeGroup): Shell {
  return sh`
    group=absent held= others=' '
    found=$(${lvm('pvs', 'pv_name,vg_name')}) || exit 1
    ${eachLine(sh`$found`, noteDevice(name, devices))}
    sorted=
    for one in ${devices}; do
      case "$held " in *" $one "*) sorted="$sorted $one" ;; esac
    done
    held=$sorted
  `
}

/** Of a line with the device and its group, which may be none. */
function noteDevice(name: string, devices: readonly string[]): Shell {
  return sh`
    if [ "$2" = ${name} ]; then group=present; fi
    for one in ${devices}; do
      [ "$1" -ef "$one" ] || continue
      if [ "$2" = ${name} ]; then held="$held $one"; else others="$others$one is in \${2:-no group}, "; fi
    done
  `
}

/** Adds a device to the parameters, unless the group has it already. */
function admit(device: string): Shell {
  return sh`
    case "$held " in
    *${` ${device} `}*) ;;
    *)
      case $others in *${` ${device} is in `}*) ${fail('a physical volume of LVM already:', sh`"\${others%, }"`)} ;; esac
      [ -b ${device} ] || ${fail(device, ' is no block device')}
      ${refuseUnlessEmpty(device)}
      ${refuseUnlessUnused(device)}
      set -- "$@" "$disk"
      ;;
    esac
  `
}

/**
 * Data of an unknown kind, and what the kernel has built upon it, show in no signature. Sets `disk`, the device by the
 * name that LVM knows it by.
 */
function refuseUnlessUnused(device: string): Shell {
  return sh`
    [ -z "$(head -c 131072 ${device} | tr -d '\\0')" ] ||
      ${fail(device, ' is not empty: its first 128 KiB are not all zero')}
    disk=$(readlink -f ${device})
    for holder in "/sys/class/block/\${disk##*/}/holders/"*; do
      [ ! -e "$holder" ] || ${fail(device, ' is used by ', sh`"\${holder##*/}"`)}
    done
  `
}
