import type { Problem } from '../errors.ts'
import type { Serial } from './batches.ts'
import type { KnownHost, Play } from './playbook.ts'
import { type Segment, type Selection, select, toSegments, type Wishes } from './segments.ts'
import { startAt } from './start-at.ts'

export interface PlayOptions extends Selection {
  /** The name of the task to begin with. */
  startAtTask?: string | undefined
}

export interface PlannedPlay {
  name: string
  guarded: boolean
  /** Made from facts: after a change it is made again. */
  late: boolean
  serial: Serial
  /** A batch of which more than this share has failed ends the run. */
  maxFailPercentage: number
  segments: readonly Segment[]
}

/** A play before its tasks have stages and numbers. */
export interface Draft<Vars> {
  name: string
  serial: Serial
  maxFailPercentage: number
  wishes: readonly Wishes[]
  /** Gives the wishes of a play that is made from facts. */
  late: ((known: readonly KnownHost<Vars>[]) => Wishes[]) | undefined
}

/** The plays with those hosts and tasks that the command line selects. */
export function draftPlays<Vars>(
  plays: readonly Play<Vars>[],
  names: ReadonlySet<string>,
  options: PlayOptions,
  problems: Problem[],
): Draft<Vars>[] {
  const drafts = plays.map(({ name, hosts, tasks, fromFacts, serial = 0, maxFailPercentage = 100 }) => {
    const limited = hosts.filter((host) => names.has(host.name))
    const wishes = limited.map((host) => ({ host: host.name, tasks: tasks(host) }))
    const late = (known: readonly KnownHost<Vars>[]) => {
      const own = known.filter((host) => limited.some((one) => one.name === host.name))
      return select(
        own.map((host) => ({ host: host.name, tasks: fromFacts?.(host, known) ?? [] })),
        options,
      )
    }
    return { name, serial, maxFailPercentage, wishes: select(wishes, options), late: fromFacts && late }
  })
  return startAt(drafts, options.startAtTask, problems)
}

/** @param counts how many tasks each host has so far; those of this play are added */
export function toPlay<Vars>(
  { name, serial, maxFailPercentage, late }: Draft<Vars>,
  wishes: readonly Wishes[],
  counts: Map<string, number>,
): PlannedPlay {
  const segments = toSegments(wishes, counts)
  const guarded = segments.some(({ tasks }) => tasks.some((task) => task.guard))
  return { name, guarded, late: late !== undefined, serial, maxFailPercentage, segments }
}
