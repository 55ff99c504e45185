import { expect } from 'vitest'
import { playAsItIs } from './laboratory.ts'
import { errorsOf } from './pair.ts'

// What must be refused, as rows of a table.

export interface Attempt {
  name: string
  /** Done in guests before: how things come to be wrong. */
  spoil: () => Promise<unknown>
  /** The playbook and its arguments. */
  attempt: () => readonly [string, ...string[]]
  code: 1 | 2 | 3
  reason: () => RegExp
  /** The standby is cut off and nobody can mark its copy as outdated: every byte of its disk stays. */
  apart?: boolean
  mend: () => Promise<unknown>
}

/** For `%s`, since `$name` is cut off after some letters. */
export function named(attempts: readonly Attempt[]): [string, Attempt][] {
  return attempts.map((attempt) => [attempt.name, attempt])
}

export async function expectRefusal({ attempt, code, reason }: Attempt): Promise<void> {
  const run = await playAsItIs(...attempt())
  expect(errorsOf(run)).toMatch(reason())
  expect(run.tasks('changed')).toEqual([])
  expect(run.code).toBe(code)
}
