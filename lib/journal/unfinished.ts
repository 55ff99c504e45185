import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { InvalidInput } from '../errors.ts'
import { journalFolder, readLines, runFiles } from './files.ts'
import { describeOwner, type Header, header, isAtWork } from './header.ts'

/** A run that did not end well, and what nobody knows of it. */
export interface Unfinished {
  header: Header
  /** Tasks that were in hand when the run, or its connection, ended. */
  unknown: readonly { host: string; name: string }[]
}

const line = z.looseObject({
  event: z.string(),
  host: z.string().default(''),
  name: z.string().default(''),
  outcome: z.string().default(''),
  exitCode: z.number().optional(),
})

type Line = z.infer<typeof line>

/**
 * The last run of a playbook, if there is something to resume.
 *
 * @param inventory only runs with this one count; undefined: with any
 * @throws InvalidInput when there is none, when it has converged, or when it is still at work
 */
export function findUnfinished(playbook: string, inventory: readonly string[] | undefined): Unfinished {
  const runs = runFiles(playbook).map(readRun)
  const last = runs.findLast(
    (run) => run && (inventory === undefined || isDeepStrictEqual(run.header.inventory, inventory)),
  )
  if (!last)
    throw nothing(`no run of ${playbook} is recorded in ${journalFolder(playbook)}`, 'run without --resume')
  if (isAtWork(last.header))
    throw nothing(`${describeOwner(last.header)} is still at work`, 'wait for its end, or interrupt it')
  const recap = last.lines.find(({ event }) => event === 'recap')
  if (recap?.exitCode === 0)
    throw nothing(`the last run of ${playbook} (${last.header.time}) ended well`, 'run without --resume')
  return { header: last.header, unknown: unknownTasks(last.lines) }
}

function nothing(message: string, hint: string): InvalidInput {
  return new InvalidInput([{ message: `nothing to resume: ${message}`, hint }])
}

function readRun(file: string): { header: Header; lines: Line[] } | undefined {
  const [first, ...rest] = readLines(file)
  const begin = header.safeParse(first)
  if (!begin.success) return undefined
  const lines = rest.map((one) => line.safeParse(one)).flatMap(({ data }) => (data ? [data] : []))
  return { header: begin.data, lines }
}

/** Those that were told to be unknown, and those that were begun and never told. */
function unknownTasks(lines: readonly Line[]): { host: string; name: string }[] {
  const open = new Map<string, Line>()
  for (const one of lines) {
    const key = `${one.host}\0${one.name}`
    if (one.event === 'working') open.set(key, one)
    if (one.event === 'task' && one.outcome !== 'unknown') open.delete(key)
  }
  return [...open.values()].map(({ host, name }) => ({ host, name }))
}
