import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Holds the identities, or names the file that does. */
const VARIABLE = 'RUNSHEET_AGE_IDENTITY'

/** Where identities are looked for otherwise, in the format of age-keygen. */
const DEFAULT_FILE = '.config/runsheet/age-identity.txt'

/**
 * Decrypts a file that was encrypted with age, armored or not.
 *
 * @throws Error with what is wrong, without the file's content
 */
export async function decryptFile(path: string): Promise<string> {
  const bytes = readFileSync(path)
  return bytes.toString('latin1', 0, 64).trimStart().startsWith('-----BEGIN')
    ? decryptArmor(bytes.toString('latin1'))
    : decrypt(() => bytes)
}

/** The same of an armored text, also an indented one. */
export async function decryptArmor(text: string): Promise<string> {
  const { armor } = await import('age-encryption')
  return decrypt(() => armor.decode(text.replaceAll(/^[ \t]+/gm, '')))
}

/** The library is loaded where a secret needs it: it is no part of other runs. */
async function decrypt(read: () => Uint8Array): Promise<string> {
  const { Decrypter } = await import('age-encryption')
  const decrypter = new Decrypter()
  for (const identity of readIdentities()) decrypter.addIdentity(identity)
  try {
    return await decrypter.decrypt(read(), 'text')
  } catch (error) {
    throw new Error(`it cannot be decrypted with age: ${(error as Error).message}`)
  }
}

/** @throws Error where there is none */
function readIdentities(): string[] {
  const said = process.env[VARIABLE] ?? ''
  const file = said || join(homedir(), DEFAULT_FILE)
  const text = said.startsWith('AGE-SECRET-KEY-') || !existsSync(file) ? said : readFileSync(file, 'utf8')
  const identities = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('AGE-SECRET-KEY-'))
  if (identities.length === 0)
    throw new Error(
      `no identity to decrypt it: let ${VARIABLE} name the file that age-keygen wrote, or put it at ~/${DEFAULT_FILE}`,
    )
  return identities
}
