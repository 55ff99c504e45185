import { createHash } from 'node:crypto'

/** A file name for something that a target remembers: readable, unique, and the same in every run. */
export function stateName(name: string): string {
  const readable = name.replaceAll(/[^A-Za-z0-9]+/g, '-').slice(0, 40)
  return `${readable}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
}
