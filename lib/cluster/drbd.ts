import { raw, type Shell, sh } from '../shell/sh.ts'

/** A replicated device as one node sees it. */
export interface Replication {
  connection: string
  role: string
  peerRole: string
  disk: string
  peerDisk: string
}

/** What must hold of a replicated device: the words that are allowed for each field. */
export type Wanted = Partial<Record<keyof Replication, readonly string[]>>

const LABELS: Record<keyof Replication, string> = {
  connection: 'connection',
  role: 'role',
  peerRole: "peer's role",
  disk: 'disk',
  peerDisk: "peer's disk",
}

/**
 * Reads one device out of /proc/drbd of DRBD 8, or what `drbdState` makes of DRBD 9.
 *
 * @returns undefined where that device is not configured, or the text is not understood
 */
export function readReplication(text: string, minor: number): Replication | undefined {
  const line = new RegExp(`^ *${minor}: cs:(\\w+) ro:(\\w+)/(\\w+) ds:(\\w+)/(\\w+) `, 'm').exec(text)
  if (!line) return undefined
  const [, connection = '', role = '', peerRole = '', disk = '', peerDisk = ''] = line
  return { connection, role, peerRole, disk, peerDisk }
}

/** Why a device is not as wanted, one sentence a field. */
export function replicationProblems(text: string, minor: number, wanted: Wanted): string[] {
  const found = readReplication(text, minor)
  if (!found) return [`/proc/drbd does not show device ${minor}`]
  return Object.entries(wanted).flatMap(([name, allowed]) => {
    const field = name as keyof Replication
    return allowed.includes(found[field])
      ? []
      : [`its ${LABELS[field]} is ${found[field]}, not ${allowed.join(' or ')}`]
  })
}

/** The same as shell that finds the answer in `$said_replication`. */
export function replicationHolds(minor: number, wanted: Wanted): Shell {
  const word = (name: keyof Replication) => `(${wanted[name]?.join('|') ?? '[A-Za-z0-9_]+'})`
  const roles = `ro:${word('role')}/${word('peerRole')}`
  const line = `^ *${minor}: cs:${word('connection')} ${roles} ds:${word('disk')}/${word('peerDisk')} `
  return sh`printf '%s\\n' "$said_replication" | grep -Eq ${line}`
}

/** The same for people: `its role is Secondary, its disk is UpToDate`. */
export function replicationWords(wanted: Wanted): string {
  return Object.entries(wanted)
    .map(([name, allowed]) => `its ${LABELS[name as keyof Replication]} is ${allowed.join(' or ')}`)
    .join(', ')
}

/** The current generation identifier of metadata that never knew any data (UUID_JUST_CREATED). */
const JUST_CREATED = '0000000000000004'
const NEVER = '0000000000000000'

/** `none`: no metadata; `new`: metadata without a generation of data; `data`: somebody has written. */
export type Generation = 'none' | 'new' | 'data'

/**
 * Reads what `drbdadm get-gi` or, where there is no metadata, `drbdadm dump-md` said.
 *
 * @returns undefined where the text is not understood, which is no proof of anything
 */
export function readGeneration(text: string): Generation | undefined {
  const [, current, ...history] = /^(\w{16}):(\w{16}):(\w{16}):(\w{16}):/m.exec(text) ?? []
  if (current === undefined) return /^No valid meta data found$/m.test(text) ? 'none' : undefined
  return current === JUST_CREATED && history.every((identifier) => identifier === NEVER) ? 'new' : 'data'
}

const GENERATION = sh`printf '%s\\n' "$said_generation" | grep -E '^([[:alnum:]_]{16}:){4}'`

/** The same as shell, in the order of proof: there is no metadata, or none that knows of data. */
export const HAS_NO_GENERATION = sh`
  [ -z "$(${GENERATION})" ] && printf '%s\\n' "$said_generation" | grep -qx 'No valid meta data found'`

export const IS_NEW_GENERATION = sh`
  case $(${GENERATION}) in ${raw([JUST_CREATED, NEVER, NEVER, NEVER, '*'].join(':'))}) ;; *) false ;; esac`
