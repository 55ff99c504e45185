import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync, type Stats, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A file of the controller. */
export interface LocalFile {
  path: string
  /** In bytes. */
  size: number
  /** In hexadecimal. */
  sha256: string
}

const sums = new Map<string, string>()

/** A path that is absolute or relative to the working directory, or a `file:` URL. */
export function localPath(pathOrUrl: string | URL): string {
  return pathOrUrl instanceof URL ? fileURLToPath(pathOrUrl) : resolve(pathOrUrl)
}

/**
 * Sums a file up piece by piece, once for all hosts, however large it is.
 *
 * @returns undefined where there is no plain file
 * @throws Error of the file system where it cannot be read
 */
export function readLocal(pathOrUrl: string | URL): LocalFile | undefined {
  const path = localPath(pathOrUrl)
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats?.isFile()) return undefined
  const key = `${stats.dev} ${stats.ino} ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}`
  const sha256 = sums.get(key) ?? sumOf(path)
  sums.set(key, sha256)
  return { path, size: stats.size, sha256 }
}

/** Why a file cannot be read; undefined where it can. */
export function unreadable(pathOrUrl: string | URL): string | undefined {
  try {
    const path = localPath(pathOrUrl)
    const stats: Stats = statSync(path)
    if (!stats.isFile()) return `${path} is no plain file`
    closeSync(openSync(path, 'r'))
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function sumOf(path: string): string {
  const hash = createHash('sha256')
  const piece = Buffer.allocUnsafe(1024 * 1024)
  const file = openSync(path, 'r')
  try {
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) {
      hash.update(piece.subarray(0, read))
    }
  } finally {
    closeSync(file)
  }
  return hash.digest('hex')
}
