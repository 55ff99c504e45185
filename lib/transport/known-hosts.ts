import { createHmac } from 'node:crypto'

/** One line of a known_hosts file, as sshd(8) describes it under SSH_KNOWN_HOSTS FILE FORMAT. */
export interface KnownHost {
  marker: 'revoked' | 'cert-authority' | undefined
  /** The first field: comma-separated patterns, or one hashed name. */
  names: string
  keyType: string
  /** The key's blob in base64. */
  key: string
  file: string
}

/** A host as a connection names it. */
export interface HostName {
  address: string
  port: number
}

/** What known_hosts says of the key that a server showed. */
export type Verdict = 'known' | 'unknown' | 'certified' | 'changed' | 'revoked'

const SSH_PORT = 22

const MARKERS = { '@revoked': 'revoked', '@cert-authority': 'cert-authority' } as const

/** The lines that name keys; comments, broken lines and markers that nobody knows say nothing. */
export function parseKnownHosts(text: string, file = 'known_hosts'): KnownHost[] {
  return text.split('\n').flatMap((line) => {
    const words = line.trim().split(/[ \t]+/)
    const marker = words[0]?.startsWith('@') ? words.shift() : undefined
    const [names = '', keyType, key] = words
    if (names === '' || names.startsWith('#') || keyType === undefined || key === undefined) return []
    const known = marker === undefined ? undefined : MARKERS[marker as keyof typeof MARKERS]
    if (marker !== undefined && known === undefined) return []
    return [{ marker: known, names, keyType, key, file }]
  })
}

/**
 * Judges a server's key as OpenSSH's `check_host_key` does: a matching key is enough, revocation beats it, and
 * only another key of the same type is a change. An authority's key is no host's key; `certified` says that there is
 * one, whose certificates ssh2 does not know.
 *
 * @param blob the public key as it went over the wire
 */
export function judgeKey(known: readonly KnownHost[], host: HostName, blob: Buffer): Verdict {
  const key = blob.toString('base64')
  const named = linesFor(known, host)
  const anyPort = host.port === SSH_PORT ? named : linesFor(known, { ...host, port: SSH_PORT })
  const same = [...named, ...anyPort].filter((line) => line.key === key)
  if (same.some((line) => line.marker === 'revoked')) return 'revoked'
  if (same.some((line) => line.marker === undefined)) return 'known'
  const type = keyTypeOf(blob)
  if (named.some((line) => line.marker === undefined && line.keyType === type)) return 'changed'
  return [...named, ...anyPort].some((line) => line.marker === 'cert-authority') ? 'certified' : 'unknown'
}

/** The types of the keys that are known for a host; a server must be asked for these first. */
export function knownKeyTypes(known: readonly KnownHost[], host: HostName): string[] {
  const named = linesFor(known, host)
  const lines = named.length > 0 ? named : linesFor(known, { ...host, port: SSH_PORT })
  return [...new Set(lines.filter((line) => line.marker === undefined).map((line) => line.keyType))]
}

/** The lines whose names match the host. */
export function linesFor(known: readonly KnownHost[], host: HostName): KnownHost[] {
  const name = hostField(host)
  return known.filter(({ names }) => matches(names, name))
}

/** How known_hosts writes a host: with brackets and the port, unless it is port 22. */
export function hostField({ address, port }: HostName): string {
  const name = address.toLowerCase()
  return port === SSH_PORT ? name : `[${name}]:${port}`
}

/** The type that a public key blob names itself (RFC 4253, 6.6). */
export function keyTypeOf(blob: Buffer): string {
  return blob.toString('latin1', 4, 4 + blob.readUInt32BE(0))
}

function matches(names: string, name: string): boolean {
  if (names.startsWith('|')) return matchesHash(names, name)
  const patterns = names.toLowerCase().split(',')
  const negated = patterns.filter((one) => one.startsWith('!')).map((one) => one.slice(1))
  if (negated.some((one) => matchesPattern(one, name))) return false
  return patterns.some((one) => !one.startsWith('!') && matchesPattern(one, name))
}

function matchesHash(field: string, name: string): boolean {
  const [, version, salt = '', hash] = field.split('|')
  if (version !== '1') return false
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash
}

function matchesPattern(pattern: string, name: string): boolean {
  const literal = pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(name)
}
