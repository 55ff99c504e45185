import { existsSync, readFileSync } from 'node:fs'
import { run } from '../host/run.ts'

/** Makes a key pair at `file` and `file`.pub unless it is there. */
export const ensureKey = async (file: string, comment: string): Promise<void> => {
  if (!existsSync(file)) await run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', file])
}

/** The public half of a key pair, as one line. */
export const publicKey = (file: string): string => readFileSync(`${file}.pub`, 'utf8')

/** The lines of known_hosts for ports of 127.0.0.1: each port to the public key that answers there. Pure. */
export const renderKnownHosts = (keys: readonly (readonly [port: number, publicKey: string])[]): string =>
  keys.map(([port, key]) => `[127.0.0.1]:${port} ${key.split(' ').slice(0, 2).join(' ').trim()}\n`).join('')
