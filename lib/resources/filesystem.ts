import { CANNOT_TELL, defineResource } from '../resource/contract.ts'
import { sh } from '../shell/sh.ts'
import { isLine, isPath, problemsOf } from './checks.ts'
import { refuseUnlessEmpty } from './empty-device.ts'
import { asked } from './snippets.ts'

/**
 * A file system on a device. It is made only where blkid(8) and wipefs(8) find nothing at all, and nothing is
 * ever overwritten: whatever is found is a refusal that names it. On shared or replicated storage give the
 * task a guard, which asks the peers.
 *
 * @example filesystem({ device: '/dev/drbd0', type: 'ext4', label: 'data', options: ['-O', 'mmp'] })
 */
export interface Filesystem {
  /** The path of the block device. */
  device: string
  /** What `mkfs -t` takes and blkid(8) shows: `ext4`, `xfs`. */
  type: string
  /** Up to 16 letters, digits, dots, dashes and underscores (12 for xfs). */
  label?: string
  /** More words for mkfs; they count only while the file system is made. */
  options?: readonly string[]
}

/** @see Filesystem */
export const filesystem = defineResource<Filesystem>({
  kind: 'filesystem',
  id: ({ device }) => device,
  problems: ({ device, type, label = 'x', options = [] }) =>
    problemsOf(
      [isPath(device), `the path of a device is absolute: ${device}`],
      [/^[a-z][a-z0-9.]*$/.test(type), `no type of a file system: ${type}`],
      [/^[\w.-]{1,16}$/.test(label), `no label: ${label}`],
      [options.every(isLine), 'an option of mkfs is a word'],
    ),
  needs: () => ['blkid'],
  // blkid says 2, nothing found, of a device that it cannot open too, such as that of a DRBD secondary.
  probe: ({ device, label }) => sh`
    if ! ( : < ${device} ) 2> /dev/null; then
      echo ${`${device} is not there yet, or cannot be opened`} >&2
      exit ${CANNOT_TELL}
    fi
    type=none label=none
    found=$(blkid -p -o export ${device}) || case $? in 2) ;; *) type=ambivalent ;; esac
    IFS='
    '
    set -f
    for entry in $found; do
      case $entry in
        TYPE=*) type=\${entry#*=} ;;
        PTTYPE=*) [ "$type" != none ] || type="partitions:\${entry#*=}" ;;
        LABEL=*) label=\${entry#*=} ;;
      esac
    done
    echo "type $type"
    ${label === undefined ? sh`:` : sh`echo "label $label"`}
  `,
  expect: ({ type, label }) => ({ type, ...asked({ label }) }),
  apply: ({ device, type, label, options = [] }) => sh`
    ${refuseUnlessEmpty(device)}
    mkfs -t ${type} ${label === undefined ? [] : ['-L', label]} ${options} ${device}
  `,
})
