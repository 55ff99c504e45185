import type { Guard } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { isEmpty } from './empty-disk.ts'
import { examine, mustAgree } from './evidence.ts'
import { type GuardPart, guardOf } from './guard-part.ts'
import { stoppedHeartbeat } from './heartbeat-state.ts'
import { inWords, lookAt, UNKNOWN_DATA } from './questions.ts'

/** A disk that all nodes see, each by the same path. */
export interface SharedDisk {
  hosts: readonly string[]
  disk: string
}

const FIRST_WORDS = 'runsheet: shared disk '

/**
 * Sets `mark` to the first line of a disk. It is read past the cache (`iflag=direct`), which knows nothing of
 * what the other node has written, and in 4096 bytes, since a disk may have sectors of that size.
 */
function readMark(disk: string): Shell {
  return sh`mark=$(dd if=${disk} iflag=direct bs=4096 count=1 2>/dev/null | head -n 1 | tr -d '\\0')`
}

/** Whether a disk is marked. */
export function hasMark(disk: string): Shell {
  return sh`
    ${readMark(disk)}
    case $mark in ${FIRST_WORDS}*) ;; *) false ;; esac`
}

/**
 * Marks an empty disk by its first sector. That two disks have one serial proves little, since the maker of a
 * virtual disk or of a clone chooses it; that one node reads what the other has written proves all. mke2fs
 * clears the sector.
 */
export function writeMark(disk: string): Shell {
  return sh`
    { echo ${FIRST_WORDS}"$(cat /proc/sys/kernel/random/uuid)"; head -c 512 /dev/zero; } |
      dd of=${disk} bs=512 count=1 iflag=fullblock conv=notrunc,fsync 2>/dev/null`
}

/** Guards the mark: all nodes know this disk by the same serial and size, and nothing is on it. */
export function sharedDiskMark({ hosts, disk }: SharedDisk): Guard {
  return guardOf({ protects: `the disk ${disk}`, hosts, recheck: isEmpty(disk) }, [
    sameDisk(hosts, disk),
    emptyDisk(hosts, disk, []),
    stoppedHeartbeat(hosts),
  ])
}

/** Guards mkfs: all nodes read one and the same mark, so it is one disk, and nothing else is on it. */
export function newSharedFileSystem({ hosts, disk }: SharedDisk): Guard {
  const recheck = sh`
    ${isEmpty(disk)} && {
    ${hasMark(disk)}
    }`
  return guardOf({ protects: `the disk ${disk}`, hosts, recheck }, [
    sameMark(hosts, disk),
    emptyDisk(hosts, disk, [UNKNOWN_DATA]),
    stoppedHeartbeat(hosts),
  ])
}

function sameDisk(hosts: readonly string[], disk: string): GuardPart {
  return {
    ask: {
      identity: sh`
        disk=$(readlink -f ${disk}) && [ -b "$disk" ] || { echo ${`${disk} is no block device`} >&2; false; } &&
        read -r sectors <"/sys/class/block/\${disk##*/}/size" && {
          echo "size $sectors"
          udevadm info --query=property --name="$disk" | sed -n -E 's/^(ID_WWN|ID_SERIAL)=/\\1 /p'
        }`,
    },
    refuse: (evidence) =>
      mustAgree(evidence, hosts, 'identity', `${disk} is another disk by its size, WWN or serial`),
    demands: [{ that: 'the disk has the same size, WWN and serial', of: 'all', asks: ['identity'] }],
  }
}

function sameMark(hosts: readonly string[], disk: string): GuardPart {
  const unmarked = ['it does not read the mark that is written to a shared disk']
  return {
    ask: {
      mark: sh`
        ${readMark(disk)}
        echo "$mark"`,
    },
    refuse: (evidence) => [
      ...hosts.flatMap((host) =>
        examine(evidence, host, { mark: (text) => (text.startsWith(FIRST_WORDS) ? [] : unmarked) }),
      ),
      ...mustAgree(evidence, hosts, 'mark', `${disk} is another disk: they read different marks`),
    ],
    demands: [
      { that: 'it reads the same mark on the disk', of: 'all', asks: ['mark'] },
      {
        that: 'that mark is one',
        of: 'all',
        asks: ['mark'],
        holds: sh`case $said_mark in ${FIRST_WORDS}*) ;; *) false ;; esac`,
      },
    ],
  }
}

function emptyDisk(hosts: readonly string[], disk: string, allowed: readonly string[]): GuardPart {
  const judge = (text: string) =>
    text
      .split('\n')
      .filter((line) => line !== '' && !allowed.includes(line))
      .map((line) => `${disk} ${inWords(line)}`)
  return {
    ask: { disk: lookAt(disk) },
    refuse: (evidence) => hosts.flatMap((host) => examine(evidence, host, { disk: judge })),
    demands: [
      {
        that: 'nothing is on the disk, and nobody uses it',
        of: 'all',
        asks: ['disk'],
        holds: sh`[ -z "$(printf '%s\\n' "$said_disk" | grep -vxF -e '' ${allowed.flatMap((line) => ['-e', line])})" ]`,
      },
    ],
  }
}
