import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** How many bytes may travel inside a script. */
const LIMIT = 1024 * 1024

/** What may be wrong with an archive of the controller, for `problemsOf`. */
export function fileChecks(file: string | URL, sha256: string | undefined) {
  const bytes = read(file)
  return [
    [bytes !== undefined, `cannot read the archive ${file}`],
    [(bytes?.length ?? 0) <= LIMIT, `${file} is larger than 1 MiB: copy it first, and name it by source`],
    [
      sha256 === undefined || bytes === undefined || sha256 === digest(bytes),
      `${file} has another checksum than ${sha256}`,
    ],
  ] as const
}

/** The SHA-256 as sha256sum(1) prints it. */
export function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function read(file: string | URL): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}
