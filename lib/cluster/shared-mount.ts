import type { Guard } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { examine, mustAgree } from './evidence.ts'
import { type GuardPart, guardOf } from './guard-part.ts'
import { stoppedHeartbeat } from './heartbeat-state.ts'
import { inWords, usersOf } from './questions.ts'

/** What all nodes could mount, and one at a time may: a disk, or an export of NFS. */
export interface SharedMount {
  hosts: readonly string[]
  /** `/dev/disk/by-id/…` or `SERVER:/EXPORT`. */
  source: string
  mount: string
}

/** Guards a mount by hand, as long as heartbeat is not in charge: it is mounted nowhere, and is the same on all. */
export function soleMount(shared: SharedMount): Guard {
  const { hosts, source } = shared
  return guardOf({ protects: `the data on ${source}`, hosts, recheck: isFree(shared) }, [
    unmounted(shared, hosts),
    ...(isDisk(source) ? [sameFileSystem(hosts, source)] : []),
    stoppedHeartbeat(hosts),
  ])
}

/**
 * What heartbeat's guard asks: it takes its group for running where the file system is mounted already. On the other
 * node it may be: there heartbeat runs.
 */
export function idleMount(shared: SharedMount): GuardPart[] {
  const { hosts, source } = shared
  return [unmounted(shared), ...(isDisk(source) ? [sameFileSystem(hosts, source)] : [])]
}

const isDisk = (source: string) => source.startsWith('/')

/** Prints a line for each way in which the source or the place of the mount is in use. */
function users({ source, mount }: SharedMount): Shell {
  const place = sh`
    while read -r what where _; do
      [ "$where" != ${mount} ] && [ "$what" != ${source} ] || echo "mounted $where"
    done </proc/self/mounts`
  if (!isDisk(source)) return place
  return sh`
    disk=$(readlink -f ${source}) && [ -b "$disk" ] || { echo ${`${source} is no block device`} >&2; false; } && {
      ${place}
      ${usersOf}
    }`
}

function isFree(shared: SharedMount): Shell {
  return sh`used=$(
    ${users(shared)}
  ) && [ -z "$used" ]`
}

/** Of these hosts, or of the one that is about to change. */
function unmounted(shared: SharedMount, hosts?: readonly string[]): GuardPart {
  const judge = (text: string) => [
    ...new Set(
      text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => `${shared.source} ${inWords(line)}`),
    ),
  ]
  return {
    ask: { users: users(shared) },
    refuse: (evidence, host) => (hosts ?? [host]).flatMap((one) => examine(evidence, one, { users: judge })),
    demands: [
      {
        that: `${shared.source} is not mounted`,
        of: hosts ? 'all' : 'target',
        asks: ['users'],
        holds: sh`[ -z "$said_users" ]`,
      },
    ],
  }
}

/** Guards a move of the service: the other node sees the file system that the active one has mounted. */
export function seenDisk({ hosts, source }: SharedMount): Guard {
  const recheck = sh`dumpe2fs -h ${source} >/dev/null 2>&1`
  return guardOf({ protects: `the service, which needs ${source}`, hosts, recheck }, [
    sameFileSystem(hosts, source),
  ])
}

/** One file system, by its UUID, that refuses a second mount. */
function sameFileSystem(hosts: readonly string[], disk: string): GuardPart {
  const judge = (text: string) =>
    /^Filesystem features: .*\bmmp\b/m.test(text)
      ? []
      : [`the file system on ${disk} would let both nodes mount it: it has no mmp (tune2fs -O mmp)`]
  return {
    ask: {
      'file system': sh`header=$(dumpe2fs -h ${disk} 2>&1) || { echo "$header" >&2; false; } &&
        printf '%s\\n' "$header" | grep -E '^Filesystem (UUID|features):' | sed 's/ needs_recovery//'`,
    },
    refuse: (evidence) => [
      ...hosts.flatMap((host) => examine(evidence, host, { 'file system': judge })),
      ...mustAgree(evidence, hosts, 'file system', `the file systems on ${disk} are not one and the same`),
    ],
    demands: [
      { that: `the file system on ${disk} is the same`, of: 'all', asks: ['file system'] },
      {
        that: 'it refuses a second mount (mmp)',
        of: 'all',
        asks: ['file system'],
        holds: sh`printf '%s\\n' "$said_file_system" | grep -q '^Filesystem features: .* mmp'`,
      },
    ],
  }
}
