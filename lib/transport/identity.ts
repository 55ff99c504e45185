import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { RunsheetError } from '../errors.ts'
import type { Connection } from './connection.ts'

/** One way to log in, in the form of ssh2's `authHandler`. */
export type Login =
  | { type: 'publickey'; username: string; key: Buffer }
  | { type: 'agent'; username: string; agent: string }

/** How to log in, and the same for people. */
export interface Identity {
  logins: Login[]
  /** What was tried and what could not be, such as `the agent` or `/root/.ssh/id_rsa (encrypted)`. */
  tried: string[]
}

const DEFAULT_NAMES = ['id_rsa', 'id_ecdsa', 'id_ed25519']

/**
 * The keys of a connection: the file that it names, or else those of the agent and the user's own files. The
 * agent also stands in for a key that is encrypted, since nothing here asks for a passphrase.
 *
 * @throws RunsheetError E_UNREACHABLE when a file that the connection names cannot be read
 */
export function identify(connection: Connection, username: string, agent: string | undefined): Identity {
  const named = connection.privateKeyFile
  const keys = (named === undefined ? defaultFiles() : [named]).map((file) => ({ file, key: readKey(file) }))
  const usable = keys.filter(({ key }) => !isEncrypted(key))
  const logins: Login[] = usable.map(({ key }) => ({ type: 'publickey', username, key }))
  const tried = keys.map(({ file, key }) => (isEncrypted(key) ? `${file} (encrypted, not tried)` : file))
  if (agent === undefined || (named !== undefined && usable.length > 0)) return { logins, tried }
  return { logins: [{ type: 'agent', username, agent }, ...logins], tried: ['the agent', ...tried] }
}

/** Whether a private key needs a passphrase: in PEM a header says so, in OpenSSH's own format the cipher's name. */
export function isEncrypted(key: Buffer): boolean {
  const text = key.toString('latin1')
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]+)-----END/.exec(text)?.[1]
  if (body === undefined) return /^Proc-Type: .*ENCRYPTED|BEGIN ENCRYPTED PRIVATE KEY/m.test(text)
  const blob = Buffer.from(body, 'base64')
  const at = 'openssh-key-v1\0'.length
  if (blob.length < at + 8) return false
  return blob.toString('latin1', at + 4, at + 4 + blob.readUInt32BE(at)) !== 'none'
}

function readKey(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? String(cause)
    throw new RunsheetError('E_UNREACHABLE', `the private key ${file} cannot be read: ${why}`, {
      radius: 'host',
      hint: 'Correct ansible_ssh_private_key_file in the inventory.',
      cause,
    })
  }
}

function defaultFiles(): string[] {
  return DEFAULT_NAMES.map((name) => join(homedir(), '.ssh', name)).filter((file) => existsSync(file))
}
