import { posix } from 'node:path'
import { defineResource } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { isPath, problemsOf } from './checks.ts'
import { refuseUnlessEmpty } from './empty-device.ts'
import { isSize, mebibytes } from './lvm.ts'
import { escaped, FSTAB } from './mount.ts'
import { asked, atExit, fail, refuseUnlessPlain, replaceFile } from './snippets.ts'

/**
 * Swap space on a device or in a file, in use now and (fstab(5)) after a boot, or neither. A device is made swap only
 * where nothing at all is found on it; a file that is there is used only if it is swap already.
 *
 * @example swap({ path: '/var/swap', size: '1G', priority: 10 })
 */
export interface Swap {
  /** A block device, or a file, which is made where it is missing. */
  path: string
  /** Of a new file: a whole number of `M`, `G` or `T`, powers of 1024. One that is there keeps its size. */
  size?: string
  /** 0 to 32767, higher is used first: swapon(8). Without it the kernel's own, below all others. */
  priority?: number
  /** In use, by default. With false it is neither used nor in fstab; a file stays where it is. */
  active?: boolean
}

/** @see Swap */
export const swap = defineResource<Swap>({
  kind: 'swap',
  id: ({ path }) => path,
  problems: ({ path, size = '1M', priority = 0 }) =>
    problemsOf(
      [isPath(path) && !path.includes('\n'), `the path of swap is absolute and one line: ${path}`],
      [isSize(size), `a size is a whole number with M, G or T: ${size}`],
      [Number.isInteger(priority) && priority >= 0 && priority <= 32767, `no priority: ${priority}`],
    ),
  probe: (want) => sh`
    ${readSwap(want)}
    echo "active $active"
    ${want.priority === undefined ? sh`:` : sh`[ $active = no ] || echo "priority $priority"`}
    ${readFstab(want)}
    echo "persistent $persistent"
  `,
  expect: ({ active = true, priority }) => ({
    active,
    ...asked({ priority: active ? priority : undefined }),
    persistent: active,
  }),
  apply: (want) => sh`
    ${readSwap(want)}
    ${want.active === false ? sh`[ $active = no ] || swapoff ${want.path}` : use(want)}
    ${readFstab(want)}
    if [ "$persistent" != ${want.active === false ? 'no' : 'yes'} ]; then
      ${refuseUnlessPlain(FSTAB)}
      ${replaceFile(FSTAB, rewriteFstab(want))}
    fi
  `,
})

/** Sets `active` and `priority`. `-ef` knows a device by all of its links; the kernel escapes blanks. */
function readSwap({ path }: Swap): Shell {
  return sh`
    active=no priority=
    while read -r what _ _ _ order; do
      if [ "$what" = ${escaped(path)} ] || [ "$what" -ef ${path} ]; then active=yes priority=$order; fi
    done < /proc/swaps
  `
}

function use(want: Swap): Shell {
  const priority = want.priority === undefined ? [] : ['-p', want.priority]
  const isRight = want.priority === undefined ? sh`:` : sh`[ "$priority" = ${want.priority} ]`
  return sh`
    if [ $active = no ]; then
      ${prepare(want)}
      swapon ${priority} ${want.path}
    elif ! ${isRight}; then
      swapoff ${want.path}
      swapon ${priority} ${want.path}
    fi
  `
}

function prepare({ path, size }: Swap): Shell {
  return sh`
    if [ ! -e ${path} ]; then
      ${size === undefined ? fail('there is no ', path, ', and no size to make it of') : makeFile(path, size)}
    elif [ "$(blkid -p -o value -s TYPE ${path})" = swap ]; then :
    elif [ -b ${path} ]; then
      ${refuseUnlessEmpty(path)}
      mkswap ${path}
    else
      ${fail(path, ' is there and is no swap: move it away')}
    fi
  `
}

/** Written whole, since swapon(8) takes no file with holes, and under its name only when it is complete. */
function makeFile(path: string, size: string): Shell {
  return sh`
    (
    set -e
    tmp=$(mktemp ${posix.join(posix.dirname(path), '.runsheet.XXXXXX')})
    ${atExit(sh`rm -f "$tmp"`)}
    dd if=/dev/zero of="$tmp" bs=1048576 count=${mebibytes(size)} 2> /dev/null
    chmod 600 "$tmp"
    mkswap "$tmp"
    mv -f "$tmp" ${path}
    )
  `
}

/** Sets `persistent`: yes, no, or differs where the path has another line. */
function readFstab(want: Swap): Shell {
  return sh`
    persistent=no
    [ ! -f ${FSTAB} ] || while read -r what where type options _; do
      case $what in '#'*) continue ;; esac
      [ "$what $type" = ${`${escaped(want.path)} swap`} ] || continue
      if [ "$persistent $what $where $type $options" = ${`no ${entry(want)}`} ]; then
        persistent=yes
      else
        persistent=differs
      fi
    done < ${FSTAB}
  `
}

function rewriteFstab(want: Swap): Shell {
  return sh`
    from=${FSTAB}
    [ -e "$from" ] || from=/dev/null
    what=${escaped(want.path)} line=${want.active === false ? '' : `${entry(want)} 0 0`} awk '
      $1 == ENVIRON["what"] && $3 == "swap" { next }
      { print }
      END { if (ENVIRON["line"] != "") print ENVIRON["line"] }
    ' "$from" > "$tmp"
  `
}

function entry({ path, priority }: Swap): string {
  return `${escaped(path)} none swap ${priority === undefined ? 'sw' : `pri=${priority}`}`
}
