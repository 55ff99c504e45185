/** A file for a guest: its path without the first slash, its rights, and the number of its owner and group. */
export type Entry = {
  readonly path: string
  readonly content: string
  readonly mode: number
  readonly owner?: number
}

const block = 512

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`

const checksum = (header: Buffer): number => header.reduce((sum, byte) => sum + byte, 0)

const headerOf = (entry: Entry, size: number): Buffer => {
  const header = Buffer.alloc(block)
  header.write(entry.path, 0, 100)
  header.write(octal(entry.mode, 8), 100)
  header.write(octal(entry.owner ?? 0, 8), 108)
  header.write(octal(entry.owner ?? 0, 8), 116)
  header.write(octal(size, 12), 124)
  header.write(octal(0, 12), 136)
  header.write(' '.repeat(8), 148) // the sum counts its own field as blanks
  header.write('0', 156)
  header.write('ustar\x0000', 257)
  header.write(octal(checksum(header), 7), 148)
  return header
}

const pack = (entry: Entry): Buffer => {
  const content = Buffer.from(entry.content)
  const padding = Buffer.alloc((block - (content.length % block)) % block)
  return Buffer.concat([headerOf(entry, content.length), content, padding])
}

/** A tar of these files, padded to whole MiB so that it can be a disk. Paths have 100 bytes at most. Pure. */
export const tar = (entries: readonly Entry[]): Buffer => {
  const body = Buffer.concat([...entries.map(pack), Buffer.alloc(2 * block)])
  const mebibyte = 1024 * 1024
  return Buffer.concat([body], Math.ceil(body.length / mebibyte) * mebibyte)
}
