import { createHash } from 'node:crypto'
import { projectRoot } from '../../lab/project.ts'

// The labs that the tests of this clone make.

/** Progress, as the lab tells it; a long test is not a silent one. */
export const log = (line: string): void => void process.stderr.write(`${line}\n`)

/**
 * The lab of a clone's tests for a topology: neither a person's own, nor that of another clone on this machine, nor that
 * of a file that runs beside this one.
 */
export const nameOf = (topology: string, clone = projectRoot): string =>
  `test-${topology}-${idOf(clone)}-${process.env.VITEST_POOL_ID ?? 1}`

/** The lab that is converged once for all of them, and copied. No pool has this number. */
export const templateOf = (topology: string): string => `test-${topology}-${idOf(projectRoot)}-0`

const idOf = (clone: string) => createHash('sha256').update(clone).digest('hex').slice(0, 6)

/** Whether the tests of this clone have made a lab of that name. */
export const isOurs = (name: string): boolean =>
  new RegExp(`^test-[a-z-]+-${idOf(projectRoot)}-\\d+$`).test(name)
