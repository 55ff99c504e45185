import { readFileSync } from 'node:fs'
import { RunsheetError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import type { Keys } from './target.ts'

/** A question of keyboard-interactive (RFC 4256); what is not echoed is a password. */
interface Prompt {
  prompt: string
  echo?: boolean | undefined
}

/** One way to log in, in the form of ssh2's `authHandler`. */
export type Login =
  | { type: 'publickey'; username: string; key: Buffer; passphrase?: string }
  | { type: 'agent'; username: string; agent: string }
  | { type: 'password'; username: string; password: string }
  | {
      type: 'keyboard-interactive'
      username: string
      prompt: (
        name: string,
        instructions: string,
        lang: string,
        prompts: readonly Prompt[],
        finish: (answers: string[]) => void,
      ) => void
    }

/** How to log in, and the same for people. */
export interface Identity {
  logins: Login[]
  /** What was tried and what could not be, such as `the agent` or `/root/.ssh/id_rsa (encrypted)`. */
  tried: string[]
}

/** What opens keys and accounts. */
export interface Credentials {
  password: Secret | undefined
  passphrases: ReadonlyMap<string, Secret>
}

/**
 * All ways to log in, in their order: the agent, unless a file was chosen that can be read without it; the files; the
 * password. The agent also stands in for a key whose passphrase nobody gave.
 *
 * @throws RunsheetError E_UNREACHABLE when a file that was chosen cannot be read
 */
export function identify(keys: Keys, username: string, { password, passphrases }: Credentials): Identity {
  const files = keys.files.map((file) => ({ file, ...openKey(file, passphrases.get(file)) }))
  const usable = files.filter(({ locked }) => !locked)
  const logins: Login[] = usable.map(({ key, passphrase }) => ({
    type: 'publickey',
    username,
    key,
    ...(passphrase && { passphrase: passphrase.reveal() }),
  }))
  const tried = files.map(({ file, locked }) => (locked ? `${file} (encrypted, not tried)` : file))
  if (keys.agent !== undefined && !(keys.chosen && usable.length > 0)) {
    logins.unshift({ type: 'agent', username, agent: keys.agent })
    tried.unshift('the agent')
  }
  if (!password) return { logins, tried }
  return { logins: [...logins, ...passwordLogins(username, password)], tried: [...tried, 'the password'] }
}

/** A server that hides passwords behind PAM asks by keyboard-interactive; the answer is given once. */
function passwordLogins(username: string, secret: Secret): Login[] {
  const password = secret.reveal()
  let given = false
  return [
    { type: 'password', username, password },
    {
      type: 'keyboard-interactive',
      username,
      prompt: (_name, _instructions, _lang, prompts, finish) => {
        finish(prompts.map(({ echo }) => (echo || given ? '' : password)))
        given = true
      },
    },
  ]
}

/**
 * What ssh2 asks for the next way to log in. Ways that the server does not offer are left out, and a password that it
 * has refused is not offered a second time in another form, since accounts are locked for that.
 */
export function inOrder(logins: readonly Login[]): (left: readonly string[] | null) => Login | false {
  const rest = [...logins]
  let last: Login | undefined
  return (left) => {
    const offered = ({ type }: Login) => !left || left.includes(type === 'agent' ? 'publickey' : type)
    const again = ({ type }: Login) => type === 'keyboard-interactive' && last?.type === 'password'
    const next = rest.findIndex((login) => offered(login) && !again(login))
    if (next === -1) return false
    last = rest[next]
    rest.splice(0, next + 1)
    return last ?? false
  }
}

interface OpenedKey {
  key: Buffer
  passphrase: Secret | undefined
  locked: boolean
}

function openKey(file: string, passphrase: Secret | undefined): OpenedKey {
  const key = readKey(file)
  const encrypted = isEncrypted(key)
  return { key, passphrase: encrypted ? passphrase : undefined, locked: encrypted && !passphrase }
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

/** @throws RunsheetError E_UNREACHABLE when the file cannot be read */
export function readKey(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? String(cause)
    throw new RunsheetError('E_UNREACHABLE', `the private key ${file} cannot be read: ${why}`, {
      radius: 'host',
      hint: 'Correct ansible_ssh_private_key_file in the inventory, or IdentityFile in ssh_config.',
      cause,
    })
  }
}
