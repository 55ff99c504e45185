import { type Shell, sh } from '../shell/sh.ts'
import type { DrbdVersion } from './drbd-state.ts'
import { each } from './evidence.ts'

/** A DRBD resource of two nodes: what each guard has to know of it. */
export interface ReplicatedDisk {
  resource: string
  /** N of /dev/drbdN. */
  minor: number
  /** Node name → the disk below, with internal metadata. */
  disks: Readonly<Record<string, string>>
  /** What the kernel module speaks; 8.4 if not given. */
  version?: DrbdVersion
}

/** What systemd says of heartbeat. Before version 230, of EL 7, it knows no `--value`. */
export const HEARTBEAT = sh`
  state=$(systemctl show --property=ActiveState heartbeat.service) && echo "\${state#*=}"`

/** Prints the card that has this address here, nothing where none has. */
export function holds(address: string): Shell {
  return sh`ip -oneline -4 address show to ${address}`
}

/** Prints which of these files are there, one a line. */
export function whichExist(files: readonly string[]): Shell {
  return sh`for file in ${files}; do [ ! -e "$file" ] || echo "$file"; done`
}

/**
 * The identifiers of the generation of data. Without metadata get-gi says nothing at all with exit 1; dump-md,
 * which cannot read a disk in use, then says so in words.
 */
export function generation(resource: string): Shell {
  return sh`drbdadm get-gi ${resource} || drbdadm dump-md ${resource} 2>&1 || [ $? -eq 1 ]`
}

/**
 * What lies on a disk and who uses it. `wipefs` and not `blkid`: that one stops at the first thing that it
 * finds, and its exit 2 means "nothing there" and "cannot read" alike. A beginning that is not zero is what
 * `drbdadm create-md` takes for data too.
 */
export function disk(disks: Readonly<Record<string, string>>): Shell {
  return each(Object.fromEntries(Object.entries(disks).map(([host, path]) => [host, lookAt(path)])))
}

/** What `lookAt` says of a disk with something that nobody knows. */
export const UNKNOWN_DATA = 'holds data of no known kind (its first 128 KiB are not all zero)'

export function lookAt(path: string): Shell {
  return sh`
    disk=$(readlink -f ${path}) && [ -b "$disk" ] || { echo ${`${path} is no block device`} >&2; false; } &&
    types=$(wipefs --noheadings --output TYPE "$disk") && {
      for type in $types; do echo "holds $type"; done
      case $types in '' | drbd)
        [ -z "$(head -c 131072 "$disk" | tr -d '\\0')" ] || echo ${UNKNOWN_DATA} ;;
      esac
      ${usersOf}
    }`
}

/** Prints who holds the block device in `$disk`, and where it is mounted, one a line. */
export const usersOf = sh`
  read -r number <"/sys/class/block/\${disk##*/}/dev" && {
    for holder in "/sys/class/block/\${disk##*/}/holders/"*; do
      [ ! -e "$holder" ] || echo "used by \${holder##*/}"
    done
    while read -r _ _ device _ point _; do
      [ "$device" != "$number" ] || echo "mounted $point"
    done </proc/self/mountinfo
  }`

/** One line of that answer as the rest of a sentence about the disk. */
export function inWords(line: string): string {
  return line.replace(/^mounted /, 'is mounted on ').replace(/^used by /, 'is used by ')
}
