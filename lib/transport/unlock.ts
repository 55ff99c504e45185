import { readFileSync } from 'node:fs'
import ssh2 from 'ssh2'
import { Secret } from '../secret.ts'
import type { Connection } from './connection.ts'
import { isEncrypted, readKey } from './identity.ts'
import type { Reach } from './reach.ts'
import { resolveTarget } from './target.ts'

/** How often a person may mistype a passphrase. */
const TRIES = 3

/**
 * Asks a person for the passphrases of the encrypted keys that somebody chose and that no agent holds, each file once.
 * Without an answer a key stays locked, and the login says so.
 */
export async function unlockKeys(
  connections: readonly Connection[],
  reach: Reach,
  ask: (question: string) => Promise<string>,
): Promise<void> {
  for (const connection of connections.filter(({ kind }) => kind === 'ssh')) {
    const { keys } = await resolveTarget(connection)
    for (const file of keys.chosen ? keys.files : []) {
      if (reach.passphrases.has(file) || !isEncrypted(readKey(file))) continue
      if (keys.agent !== undefined && (await agentHolds(keys.agent, file))) continue
      const passphrase = await askFor(file, reach, ask)
      if (passphrase !== undefined) reach.passphrases.set(file, new Secret(`passphrase ${file}`, passphrase))
    }
  }
}

async function askFor(
  file: string,
  { tell }: Reach,
  ask: (question: string) => Promise<string>,
): Promise<string | undefined> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const passphrase = await ask(`passphrase of ${file}`)
    if (passphrase === '') return undefined
    if (!(ssh2.utils.parseKey(readKey(file), passphrase) instanceof Error)) return passphrase
    tell(`this is not the passphrase of ${file}`)
  }
  return undefined
}

/** By the public key that stands beside the private one. */
function agentHolds(socket: string, file: string): Promise<boolean> {
  const wanted = publicKey(file)
  if (wanted === undefined) return Promise.resolve(false)
  return new Promise((resolve) => {
    ssh2.createAgent(socket).getIdentities((error, keys) => {
      const held = (keys ?? []).map((key) => ssh2.utils.parseKey(key as string))
      resolve(!error && held.some((key) => !(key instanceof Error) && key.getPublicSSH().equals(wanted)))
    })
  })
}

function publicKey(file: string): Buffer | undefined {
  try {
    return Buffer.from(readFileSync(`${file}.pub`, 'utf8').split(' ')[1] ?? '', 'base64')
  } catch {
    return undefined
  }
}
