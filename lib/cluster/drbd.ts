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
 * Reads one device out of /proc/drbd of DRBD 8.4.
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
