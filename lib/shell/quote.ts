/** Words that every POSIX shell takes as they are, so that commands stay readable. */
const PLAIN = /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/

/**
 * Quotes one word for a POSIX sh (2.2.2 Single-Quotes). zx's `quote` is not used: it writes `$'…'`, which
 * dash does not know. A NUL cannot stand in a shell word.
 */
export function quote(word: string): string {
  if (word.includes('\0')) throw new TypeError('a shell word cannot hold a NUL byte')
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
