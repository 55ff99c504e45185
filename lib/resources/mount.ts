import { defineResource } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { isPath, problemsOf } from './checks.ts'
import { asked, fail, refuseUnlessPlain, replaceFile } from './snippets.ts'

/**
 * A file system at its place, or not. What a cluster manager mounts must not be in fstab(5), so by default
 * the path is taken out of it. A bind mount is not told from its source: use `command`.
 *
 * @example mount({ path: '/data', device: '/dev/drbd0', filesystem: 'ext4', options: 'noatime', mounted: true })
 */
export interface Mount {
  /** Absolute; made where it is missing. */
  path: string
  /** A block device by any of its names, `LABEL=…`, `UUID=…`, or what else mount(8) takes (`server:/export`). */
  device: string
  /** As mount(8) `-t` takes it, and as the kernel shows it. */
  filesystem: string
  /** For mounting and for fstab; the options of a mounted file system are not compared. */
  options?: string
  mounted: boolean
  /** In /etc/fstab; by default it is not. */
  persistent?: boolean
}

export const FSTAB = '/etc/fstab'

/** @see Mount */
export const mount = defineResource<Mount>({
  kind: 'mount',
  id: ({ path }) => path,
  problems: ({ path, device, filesystem, options = 'x' }) =>
    problemsOf(
      [isPath(path), `the path of a mount is absolute: ${path}`],
      [/^[^-\s\\][^\s\\]*$/.test(device), `no device: ${device}`],
      [/^[a-z][\w.]*$/.test(filesystem), `no type of a file system: ${filesystem}`],
      [/^[^-\s\\][^\s\\]*$/.test(options), `options are words with commas between: ${options}`],
    ),
  probe: (want) => sh`
    ${readMounts(want)}
    if [ -n "$device" ]; then
      echo mounted yes
      ${want.mounted ? sh`echo "device $device"; echo "filesystem $filesystem"` : sh`:`}
    else
      echo mounted no
    fi
    ${readFstab(want)}
    echo "persistent $persistent"
  `,
  expect: ({ device, filesystem, mounted, persistent = false }) => ({
    mounted,
    ...asked(mounted ? { device, filesystem } : {}),
    persistent,
  }),
  apply: (want) => sh`
    ${readMounts(want)}
    ${want.mounted ? attach(want) : sh`[ -z "$device" ] || umount ${want.path}`}
    ${readFstab(want)}
    if [ "$persistent" != ${want.persistent ? 'yes' : 'no'} ]; then
      ${refuseUnlessPlain(FSTAB)}
      ${replaceFile(FSTAB, rewriteFstab(want))}
    fi
  `,
})

/**
 * Sets `device` and `filesystem` of what is mounted at the path last, and `elsewhere`, where else the device
 * is mounted. `-ef` knows a device by all of its links, without a fork; every shell of ours has it.
 */
function readMounts({ path, device }: Mount): Shell {
  const node = device.replace(/^LABEL=/, '/dev/disk/by-label/').replace(/^UUID=/, '/dev/disk/by-uuid/')
  const isSame = node.startsWith('/')
    ? sh`[ "$what" = ${escaped(node)} ] || [ "$what" -ef ${node} ]`
    : sh`[ "$what" = ${escaped(node)} ]`
  const isElsewhere = node.startsWith('/') ? sh`elsewhere=$where` : sh`:`
  return sh`
    device= filesystem= elsewhere=
    while read -r what where type _; do
      if ${isSame}; then what=${device}; fi
      if [ "$where" = ${escaped(path)} ]; then device=$what filesystem=$type
      elif [ "$what" = ${device} ]; then ${isElsewhere}
      fi
    done < /proc/self/mounts
  `
}

function attach({ path, device, filesystem, options }: Mount): Shell {
  return sh`
    if [ -z "$device" ]; then
      [ -z "$elsewhere" ] || ${fail(device, ' is mounted already, at ', sh`"$elsewhere"`)}
      mkdir -p ${path}
      mount -t ${filesystem} ${options === undefined ? [] : ['-o', options]} ${device} ${path}
    elif [ "$device" != ${device} ]; then
      ${fail(sh`"$device"`, ' is mounted at ', path, ': unmount it by hand')}
    fi
  `
}

/** Sets `persistent`: yes, no, or differs where the path has another line. */
function readFstab(want: Mount): Shell {
  return sh`
    persistent=no
    [ ! -f ${FSTAB} ] || while read -r what where type options dump pass; do
      case $what in '#'*) continue ;; esac
      [ "$where" = ${escaped(want.path)} ] || continue
      if [ "$persistent $what $where $type $options \${dump:-0} \${pass:-0}" = ${`no ${fstabLine(want)}`} ]; then
        persistent=yes
      else
        persistent=differs
      fi
    done < ${FSTAB}
  `
}

function rewriteFstab(want: Mount): Shell {
  return sh`
    from=${FSTAB}
    [ -e "$from" ] || from=/dev/null
    place=${escaped(want.path)} line=${want.persistent ? fstabLine(want) : ''} awk '
      $1 !~ /^#/ && $2 == ENVIRON["place"] { next }
      { print }
      END { if (ENVIRON["line"] != "") print ENVIRON["line"] }
    ' "$from" > "$tmp"
  `
}

/** Local file systems are checked at boot after the root: sixth field of fstab(5). */
function fstabLine({ path, device, filesystem, options = 'defaults' }: Mount): string {
  const pass = /^(\/|LABEL=|UUID=)/.test(device) ? 2 : 0
  return `${device} ${escaped(path)} ${filesystem} ${options} 0 ${pass}`
}

/** As the kernel writes names in /proc/self/mounts, and fstab(5) takes them. */
export function escaped(name: string): string {
  return name.replaceAll(/[ \t\n\\]/g, (mark) => `\\${mark.charCodeAt(0).toString(8).padStart(3, '0')}`)
}
