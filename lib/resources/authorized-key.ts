import { defineResource } from '../resource/contract.ts'
import { lines, sh } from '../shell/sh.ts'
import { findHome, makeFolder, PRINT_MODES, readKeys, rewriteKeys } from './authorized-keys-file.ts'
import { isAccount, problemsOf } from './checks.ts'
import { asked } from './snippets.ts'
import { type PublicKey, parsePublicKey } from './ssh-keys.ts'

/**
 * Keys that may log in as a user, in `.ssh/authorized_keys` of the home that /etc/passwd names. Folder and file
 * belong to the user and to nobody else, as sshd(8) demands under StrictModes; the home itself is not touched.
 *
 * @example authorizedKey({ user: 'backup', keys: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEWvdDb3/hO/ZoCtfsV5u8bTNmHrmyjnQYzpq3vkyRhR me', options: 'restrict,command="/usr/bin/rrsync /data"' })
 */
export interface AuthorizedKey {
  /** One of /etc/passwd. */
  user: string
  /** Each as a `.pub` file has it: type, key, and a comment if any. */
  keys: string | readonly string[]
  /** What the keys may do: sshd(8), AUTHORIZED_KEYS FILE FORMAT. Without it they may do all. */
  options?: string
  /** No other key may log in. */
  exclusive?: true
  /** The keys may not log in, whatever their options. */
  absent?: true
}

/** @see AuthorizedKey */
export const authorizedKey = defineResource<AuthorizedKey>({
  kind: 'authorized-key',
  id: (want) => `${want.user}: ${keysOf(want).map(nameOf).join(', ')}`,
  problems: (want) =>
    problemsOf(
      [isAccount(want.user), `no user can be called ${want.user}`],
      [isOptions(want.options ?? 'x'), 'options are one line, and blanks in them stand in double quotes'],
      [
        !(want.absent && (want.exclusive || want.options)),
        'absent keys are neither exclusive nor have options',
      ],
      [want.keys.length > 0, 'no key is named'],
      ...[want.keys]
        .flat()
        .map((key) => [parsePublicKey(key) !== undefined, `no public key: ${cut(key)}`] as const),
    ),
  needs: ({ absent }) => (absent ? [] : ['stat']),
  probe: (want) => sh`
    ${findHome(want.user, want.absent)}
    ${readKeys(keysOf(want))}
    ${lines(keysOf(want).map((_, index) => sh`printf ${`key${index + 1} %s\\n`} "\${key${index}:-absent}"`))}
    ${want.exclusive ? sh`printf 'others %s\\n' "\${others:-none}"` : sh`:`}
    ${want.absent ? sh`:` : PRINT_MODES}
  `,
  expect: (want) => ({
    ...Object.fromEntries(
      keysOf(want).map((key, index) => [`key${index + 1}`, want.absent ? 'absent' : lineOf(want, key)]),
    ),
    ...asked({ others: want.exclusive && 'none' }),
    ...(want.absent ? {} : { folder: `0700 ${want.user}`, file: `0600 ${want.user}` }),
  }),
  apply: (want) => sh`
    ${findHome(want.user, want.absent)}
    ${want.absent ? sh`if [ ! -e "$file" ]; then exit 0; fi` : makeFolder(want.user)}
    ${rewriteKeys(keysOf(want), want.absent ? [] : keysOf(want).map((key) => lineOf(want, key)), !want.exclusive)}
  `,
})

function keysOf({ keys }: AuthorizedKey): PublicKey[] {
  return [keys].flat().flatMap((key) => parsePublicKey(key) ?? [])
}

function nameOf({ comment, blob }: PublicKey): string {
  return comment === '' ? `…${blob.slice(-12)}` : comment
}

function lineOf({ options }: AuthorizedKey, { type, blob, comment }: PublicKey): string {
  return [options, type, blob, comment].filter(Boolean).join(' ')
}

/** Outside of quotes a blank would end them; inside, a backslash keeps a quote. */
function isOptions(options: string): boolean {
  return /^([^\s"#\0]|"([^"\\\n\0]|\\.)*")([^\s"\0]|"([^"\\\n\0]|\\.)*")*$/.test(options)
}

/** What is no public key may be a private one. */
function cut(key: string): string {
  return key.length > 24 ? `${key.slice(0, 24)}…` : key
}
