/** A public key as a `.pub` file has it: sshd(8), AUTHORIZED_KEYS FILE FORMAT. */
export interface PublicKey {
  type: string
  /** In base64. */
  blob: string
  /** Free text, often empty. */
  comment: string
}

/** Reads `TYPE BLOB COMMENT`; undefined where it is no public key, such as half of one or a private one. */
export function parsePublicKey(line: string): PublicKey | undefined {
  const [, type = '', blob = '', comment = ''] = /^(\S+) (\S+)(?: ([^\0\n]*))?$/.exec(line.trim()) ?? []
  return type !== '' && typeInside(blob) === type ? { type, blob, comment: comment.trim() } : undefined
}

/** A blob is a row of fields, each with its length before it; the first names the type: RFC 4253, 6.6. */
function typeInside(blob: string): string | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(blob)) return undefined
  const bytes = Buffer.from(blob, 'base64')
  const fields: string[] = []
  let end = 0
  while (end + 4 <= bytes.length) {
    const start = end + 4
    end = start + bytes.readUInt32BE(end)
    fields.push(bytes.toString('latin1', start, end))
  }
  return end === bytes.length && fields.length > 1 ? fields[0] : undefined
}
