// What a backup says of itself: where it comes from, what is in it, and the sum of each of its files.
import { createHash } from 'node:crypto'
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @typedef {object} Manifest
 * @property {string} cluster
 * @property {string} node that was active
 * @property {string} at when it was complete
 * @property {readonly string[]} databases
 * @property {Readonly<Record<string, string>>} content sums of `database` and of `files`, before they were compressed
 * @property {readonly { name: string, sha256: string, size: number }[]} files
 * @property {string | undefined} waited for how long writers had to wait
 */

export const MANIFEST = 'manifest'
export const DATABASE = 'database.sql.gz'
export const FILES = 'files.tar.gz'

/**
 * @param {string} text one thing a line, its kind first
 * @returns {Manifest}
 */
export function readManifest(text) {
  const lines = text.split('\n')
  const all = (/** @type {string} */ kind) =>
    lines.filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(kind.length + 1))
  const [from = '', until = ''] = [all('locked_from')[0], all('locked_until')[0]]
  const seconds =
    (Date.parse(`${until.replace(' ', 'T')}Z`) - Date.parse(`${from.replace(' ', 'T')}Z`)) / 1000
  return {
    cluster: all('cluster')[0] ?? '',
    node: all('node')[0] ?? '',
    at: all('at')[0] ?? 'an unknown time',
    databases: all('database'),
    content: Object.fromEntries(all('content').map((line) => line.split(' '))),
    files: all('file').map((line) => {
      const [sha256 = '', size = '', name = ''] = line.split(' ')
      return { name, sha256, size: Number(size) }
    }),
    waited: Number.isNaN(seconds) ? undefined : `${seconds.toFixed(1)} s`,
  }
}

/** @param {string} folder @returns {Manifest | undefined} undefined where there is no backup, or only a part of one */
export function backupIn(folder) {
  const path = join(folder, MANIFEST)
  return existsSync(path) ? readManifest(readFileSync(path, 'utf8')) : undefined
}

/**
 * What is wrong with the files of a backup, one sentence each.
 *
 * @param {string} folder
 * @param {Manifest} manifest
 */
export function damage(folder, { files }) {
  return files.flatMap(({ name, sha256, size }) => {
    const path = join(folder, name)
    const found = statSync(path, { throwIfNoEntry: false })
    if (!found) return [`${path} is missing`]
    if (found.size !== size) return [`${path} has ${found.size} bytes, not ${size}`]
    return sumOf(path) === sha256 ? [] : [`${path} is not what was saved: its SHA-256 differs`]
  })
}

/** @param {string} path of a file of any size */
function sumOf(path) {
  const hash = createHash('sha256')
  const piece = Buffer.allocUnsafe(1024 * 1024)
  const file = openSync(path, 'r')
  try {
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece))
      hash.update(piece.subarray(0, read))
  } finally {
    closeSync(file)
  }
  return hash.digest('hex')
}
