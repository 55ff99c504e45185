import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type CollectionTag, Scalar } from 'yaml'
import { Secret } from '../secret.ts'

/**
 * `!secret { file: PATH }` and `!secret { env: NAME }`: the value itself never stands in the inventory. A
 * path is relative to the inventory; one newline at its end is not part of the secret.
 */
export function secretTag(folder: string): CollectionTag {
  return {
    tag: '!secret',
    collection: 'map',
    resolve: (map, onError) => {
      const origin = map.toJSON() as Record<string, unknown>
      const secret = readSecret(origin, folder)
      if (typeof secret === 'string') onError(secret)
      return new Scalar(secret)
    },
  }
}

function readSecret(origin: Record<string, unknown>, folder: string): Secret | string {
  const [[kind, name] = [], ...others] = Object.entries(origin)
  if (others.length > 0 || typeof name !== 'string') return 'a secret is { file: PATH } or { env: NAME }'
  if (kind === 'env') return fromEnvironment(name)
  if (kind === 'file') return fromFile(resolve(folder, name), name)
  return `a secret has no origin '${kind}'; it is { file: PATH } or { env: NAME }`
}

function fromEnvironment(name: string): Secret | string {
  const value = process.env[name]
  return value ? new Secret(name, value) : `the environment variable ${name} of this secret is not set`
}

function fromFile(path: string, name: string): Secret | string {
  try {
    const value = readFileSync(path, 'utf8').replace(/\n$/, '')
    return value === '' ? `the file of this secret is empty: ${path}` : new Secret(name, value)
  } catch (error) {
    return `cannot read this secret: ${(error as Error).message}`
  }
}
