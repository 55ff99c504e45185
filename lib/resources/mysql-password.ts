import { createHash, scryptSync } from 'node:crypto'
import { Secret } from '../secret.ts'

/** What a server keeps of a password, by the plugin that checks it; so that the password itself never leaves us. */
export interface PasswordHashes {
  mysql_native_password: Secret
  caching_sha2_password: Secret
}

const known = new WeakMap<Secret, PasswordHashes>()

/** The hashes of a password, computed once. They hold no quote and no backslash. */
export function hashesOf(password: Secret): PasswordHashes {
  const hashes = known.get(password) ?? {
    mysql_native_password: new Secret(
      `${password.name} as mysql_native_password`,
      nativePassword(password.reveal()),
      { from: password, shell: NATIVE_BY_HAND },
    ),
    caching_sha2_password: new Secret(
      `${password.name} as caching_sha2_password`,
      cachingSha2(password.reveal(), saltFor(password)),
      // No tool of a shell makes it. A server that wants it, MySQL 8, refuses this one.
      { from: password, shell: 'cat >/dev/null; echo made-by-the-playbook-alone' },
    ),
  }
  known.set(password, hashes)
  return hashes
}

/** `*` and the upper-case SHA-1 of the SHA-1, of MySQL 4.1 and every MariaDB. */
export function nativePassword(password: string): string {
  return `*${sha('sha1', sha('sha1', password)).toString('hex').toUpperCase()}`
}

/** The same from the password on standard input. The bytes of the first sum go into the second one, one after the other. */
const NATIVE_BY_HAND = `\
tr -d '\\n' | sha1sum | {
  read -r sum rest
  while [ -n "$sum" ]; do
    rest=\${sum#??}
    printf "\\\\$(printf %03o "0x\${sum%"$rest"}")"
    sum=$rest
  done
} | sha1sum | {
  read -r sum rest
  echo "*$(echo "$sum" | tr a-f A-F)"
}`

/**
 * As MySQL 8 keeps it, 5 standing for 5000 rounds: `$A$005$`, the salt of 20 characters and the digest of
 * SHA-crypt (Drepper, version 0.6). No library is used, since those of SHA-crypt cut the salt to 16.
 */
export function cachingSha2(password: string, salt: string): string {
  return `$A$005$${salt}${shaCrypt(Buffer.from(password), Buffer.from(salt), 5000)}`
}

/** The digest of SHA-256-crypt, in its own base 64. */
export function shaCrypt(key: Buffer, salt: Buffer, rounds: number): string {
  const alternate = sha('sha256', key, salt, key)
  let digest = sha('sha256', key, salt, repeat(alternate, key.length), ...bits(key.length, alternate, key))
  const p = repeat(sha('sha256', ...Array<Buffer>(key.length).fill(key)), key.length)
  const s = repeat(sha('sha256', ...Array<Buffer>(16 + (digest[0] ?? 0)).fill(salt)), salt.length)
  for (let round = 0; round < rounds; round++) {
    const odd = round % 2 === 1
    const middle = [...(round % 3 ? [s] : []), ...(round % 7 ? [p] : [])]
    digest = sha('sha256', odd ? p : digest, ...middle, odd ? digest : p)
  }
  return encode(digest)
}

/** For each bit of the length, the lowest first: the digest where it is set, else the key. */
function bits(length: number, digest: Buffer, key: Buffer): Buffer[] {
  const parts: Buffer[] = []
  for (let rest = length; rest > 0; rest >>= 1) parts.push(rest & 1 ? digest : key)
  return parts
}

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function encode(digest: Buffer): string {
  const at = (index: number) => digest[index] ?? 0
  let encoded = ''
  for (let step = 0, a = 0; step < 10; step++, a = (a + 21) % 30)
    encoded += base64((at(a) << 16) | (at((a + 10) % 30) << 8) | at((a + 20) % 30), 4)
  return encoded + base64((at(31) << 8) | at(30), 3)
}

function base64(value: number, characters: number): string {
  return Array.from({ length: characters }, (_, index) => ALPHABET[(value >> (6 * index)) & 63]).join('')
}

function repeat(block: Buffer, length: number): Buffer {
  return Buffer.alloc(length, block)
}

function sha(algorithm: string, ...parts: readonly (string | Buffer)[]): Buffer {
  const hash = createHash(algorithm)
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/**
 * Always the same for one password, so that a hash can be compared at all; and slow to compute, so that
 * guessing by the salt is no shorter way than by the hash itself.
 */
function saltFor(password: Secret): string {
  return scryptSync(password.reveal(), password.name, 15, { N: 4096 }).toString('base64')
}
