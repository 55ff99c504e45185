import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { RunsheetError } from '../errors.ts'
import type { Connection } from './connection.ts'
import {
  hostField,
  judgeKey,
  type KnownHost,
  keyTypeOf,
  knownKeyTypes,
  parseKnownHosts,
} from './known-hosts.ts'

/** The signature algorithms of a key type; RSA keys have three (RFC 8332). */
const RSA = ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa']
const TYPES = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-rsa']

/** What stands in for the question that OpenSSH asks a person. */
export interface HostKeyCheck {
  /** In the order in which the server is asked. */
  algorithms: string[]
  verify: (blob: Buffer) => boolean
  /** Why the key was refused, once it was. */
  refusal: () => RunsheetError | undefined
}

/** Reads the known_hosts files of a connection; one that does not exist knows nobody. */
export function checkHostKey(connection: Connection): HostKeyCheck {
  const files = connection.knownHostsFiles ?? defaultFiles()
  const known = files
    .filter((file) => existsSync(file))
    .flatMap((file) => parseKnownHosts(readFileSync(file, 'utf8'), file))
  let refused: RunsheetError | undefined
  const verify = (blob: Buffer) => {
    refused = refusal(known, connection, blob, files)
    return refused === undefined
  }
  return { algorithms: hostKeyAlgorithms(knownKeyTypes(known, connection)), verify, refusal: () => refused }
}

/** Types that are known first, as OpenSSH orders them: otherwise a server would show a key that nobody knows. */
export function hostKeyAlgorithms(knownTypes: readonly string[]): string[] {
  const first = TYPES.filter((type) => knownTypes.includes(type))
  const order = [...first, ...TYPES.filter((type) => !first.includes(type))]
  return order.flatMap((type) => (type === 'ssh-rsa' ? RSA : [type]))
}

/** The fingerprint as ssh-keygen prints it. */
export function fingerprint(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
}

function refusal(
  known: readonly KnownHost[],
  { address, port }: Connection,
  blob: Buffer,
  files: readonly string[],
): RunsheetError | undefined {
  const verdict = judgeKey(known, { address, port }, blob)
  if (verdict === 'known') return undefined
  const field = hostField({ address, port })
  const shown = `${keyTypeOf(blob)} ${fingerprint(blob)}`
  const file = files[0] ?? defaultFiles()[0]
  return new RunsheetError('E_HOST_KEY', `${field}: ${SENTENCES[verdict]} ${shown}`, {
    radius: 'host',
    hint: HINTS[verdict]({ field, address, port, file: file ?? '' }),
  })
}

const SENTENCES = {
  unknown: 'the host is not known; it shows the key',
  changed: 'the host key has CHANGED, which may be an attack; it shows the key',
  revoked: 'the host shows a key that is revoked:',
}

interface Names {
  field: string
  address: string
  port: number
  file: string
}

const scan = ({ address, port, file }: Names) => `ssh-keyscan -p ${port} ${address} >> ${file}`

const HINTS = {
  unknown: (names: Names) => `Compare the fingerprint on the host's console, then: ${scan(names)}`,
  changed: (names: Names) =>
    `If the host was installed anew: ssh-keygen -R '${names.field}' -f ${names.file} && ${scan(names)}`,
  revoked: (names: Names) => `Give the host a new key; the revoked one stands in ${names.file}.`,
}

function defaultFiles(): string[] {
  const own = join(homedir(), '.ssh')
  return [join(own, 'known_hosts'), join(own, 'known_hosts2'), '/etc/ssh/ssh_known_hosts']
}
