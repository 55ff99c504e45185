import { createHash, scryptSync } from 'node:crypto'
import type { Task } from '../resource/contract.ts'
import { canonical } from '../resource/state.ts'

const digests = new Map<string, string>()

/**
 * A digest of what a task wants and how it would get there, in 64 hexadecimal digits. Where a secret has a part in it,
 * the expectation may hold a hash of it: such a digest is made by scrypt (RFC 7914), so that a weak secret cannot be
 * guessed from a plan any faster than from a password file.
 */
export function wishDigest(task: Task): string {
  const { probe, expect, apply, when, notify, retry, timeout, detached, guard, text } = task
  const wish = JSON.stringify([
    canonical(expect),
    probe.text,
    apply.text,
    when?.test.text,
    notify.map(({ name, run }) => [name, run.text]),
    retry && [retry.retries, retry.delay, retry.until?.text],
    [timeout, detached],
    guard?.recheck.text,
    text?.desired.toString(),
  ])
  const secret =
    [probe, apply].some(({ secrets }) => secrets.length > 0) || (text?.desired.secrets ?? []).length > 0
  const known = digests.get(wish) ?? (secret ? slow(wish) : createHash('sha256').update(wish).digest('hex'))
  digests.set(wish, known)
  return known
}

function slow(wish: string): string {
  return scryptSync(wish, 'runsheet plan', 32).toString('hex')
}
