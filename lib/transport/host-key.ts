import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { RunsheetError } from '../errors.ts'
import { quote } from '../shell/quote.ts'
import {
  hostField,
  judgeKey,
  keyTypeOf,
  knownKeyTypes,
  parseKnownHosts,
  type Verdict,
} from './known-hosts.ts'
import type { Reach } from './reach.ts'
import type { KnownName } from './target.ts'

/** The signature algorithms of RSA keys (RFC 8332); `ssh-rsa` itself, with SHA-1, is for old servers alone. */
const RSA = ['rsa-sha2-512', 'rsa-sha2-256']
const TYPES = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-rsa']

/** What stands in for the question that OpenSSH asks a person. */
export interface HostKeyCheck {
  /** In the order in which the server is asked. */
  algorithms: string[]
  verify: (blob: Buffer) => boolean
  /** Why the key was refused, once it was. */
  refusal: () => RunsheetError | undefined
}

/**
 * Reads the known_hosts files of a host; one that does not exist knows nobody.
 *
 * @param legacy whether signatures with SHA-1 count
 */
export function checkHostKey(host: KnownName, reach: Reach, legacy: boolean): HostKeyCheck {
  const known = host.files
    .filter((file) => existsSync(file))
    .flatMap((file) => parseKnownHosts(readFileSync(file, 'utf8'), file))
  const name = { address: host.name, port: host.port }
  let refused: RunsheetError | undefined
  const verify = (blob: Buffer) => {
    const verdict = judgeKey(known, name, blob)
    const isNew = verdict === 'unknown' && (reach.acceptNew || host.acceptNew)
    if (isNew) remember(host, blob, reach)
    else if (verdict !== 'known') refused = refusal(host, blob, verdict)
    return refused === undefined
  }
  const algorithms = hostKeyAlgorithms(knownKeyTypes(known, name), legacy)
  return { algorithms, verify, refusal: () => refused }
}

/** Types that are known first, as OpenSSH orders them: otherwise a server would show a key that nobody knows. */
export function hostKeyAlgorithms(knownTypes: readonly string[], legacy: boolean): string[] {
  const first = TYPES.filter((type) => knownTypes.includes(type))
  const order = [...first, ...TYPES.filter((type) => !first.includes(type))]
  const rsa = legacy ? [...RSA, 'ssh-rsa'] : RSA
  return order.flatMap((type) => (type === 'ssh-rsa' ? rsa : [type]))
}

/** The fingerprint as ssh-keygen prints it. */
export function fingerprint(blob: Buffer): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`
}

/** The line that makes a key known. */
function lineFor({ name, port }: KnownName, blob: Buffer): string {
  return `${hostField({ address: name, port })} ${keyTypeOf(blob)} ${blob.toString('base64')}`
}

function remember(host: KnownName, blob: Buffer, { tell }: Reach): void {
  const [file = ''] = host.files
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const gap = text === '' || text.endsWith('\n') ? '' : '\n'
  appendFileSync(file, `${gap}${lineFor(host, blob)}\n`, { mode: 0o600 })
  tell(`${host.name}: its key is new, and is trusted from now on: ${keyTypeOf(blob)} ${fingerprint(blob)}`)
}

type Refused = Exclude<Verdict, 'known'>

function refusal(host: KnownName, blob: Buffer, verdict: Refused): RunsheetError {
  const field = hostField({ address: host.name, port: host.port })
  const shown = `${keyTypeOf(blob)} ${fingerprint(blob)}`
  return new RunsheetError('E_HOST_KEY', `${field}: ${SENTENCES[verdict]} ${shown}`, {
    radius: 'host',
    hint: hint(verdict, field, lineFor(host, blob), host.files[0] ?? ''),
  })
}

const SENTENCES: Readonly<Record<Refused, string>> = {
  unknown: 'the host is not known; it shows the key',
  certified: 'known_hosts trusts an authority for this host (@cert-authority), and no key; it shows the key',
  changed: 'the host key has CHANGED, which may be an attack; it shows the key',
  revoked: 'the host shows a key that is revoked:',
}

/** The command adds exactly the key that was shown: to ask the host once more might bring another one. */
function hint(verdict: Refused, field: string, line: string, file: string): string {
  const add = `echo ${quote(line)} >> ${quote(file)}`
  switch (verdict) {
    case 'unknown':
      return `Compare the fingerprint on the host's console, then: ${add} (or --accept-new, which trusts every new host)`
    case 'certified':
      return 'Only ssh itself can check certificates: set ansible_connection: ssh-cli for this host.'
    case 'changed':
      return `If the host was installed anew: ssh-keygen -R ${quote(field)} -f ${quote(file)} && ${add}`
    case 'revoked':
      return `Give the host a new key; the revoked one stands in ${file}.`
  }
}
