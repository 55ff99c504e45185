import { createHash } from 'node:crypto'
import type { Handler } from '../resource/contract.ts'

/** The name under which a target remembers that a handler is owed: the same in every run of the playbook. */
export function handlerId({ name }: Handler): string {
  const readable = name.replaceAll(/[^A-Za-z0-9]+/g, '-').slice(0, 40)
  return `${readable}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
}
