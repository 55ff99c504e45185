import type { PlannedPlay, PlannedTask, Segment } from '../plan/index.ts'
import type { Look } from '../probe/look.ts'
import type { Handler } from '../resource/contract.ts'
import { hasRescue, isRescue } from './blocks.ts'
import type { TaskEvent } from './events.ts'
import { handlerId } from './handlers.ts'
import type { Run } from './run.ts'

/** What a run would do with a task, from the look ahead alone. */
export type Foreseen = Pick<TaskEvent, 'outcome' | 'reason' | 'changes'>

/** The same of a segment. */
export interface ForeseenSegment {
  play: PlannedPlay
  segment: Segment
  tasks: readonly (readonly [PlannedTask, Foreseen])[]
  /** Handlers that are owed from an earlier run. */
  handlers: readonly Handler[]
}

/** Foresees all plays for every host that could be asked. Pure but for what the hosts have said. */
export function foreseePlays(run: Run, plays: readonly PlannedPlay[]): ForeseenSegment[] {
  const firstChange = new Map<string, PlannedTask>()
  return plays.flatMap((play) => {
    const earlier = new Map(firstChange)
    return play.segments.flatMap((segment) => {
      const host = run.hosts.get(segment.host)
      if (!host || host.gone) return []
      const tasks = segment.tasks.map((task) => {
        const found = play.late
          ? foreseeLate(run, segment, task, earlier)
          : foresee(run, segment, task, firstChange.get(executor(segment, task)))
        if (found.outcome === 'would-change') noteFirst(firstChange, executor(segment, task), task)
        return [task, found] as const
      })
      return [
        { play, segment, tasks, handlers: segment.handlers.filter((one) => host.owed.has(handlerId(one))) },
      ]
    })
  })
}

/** The host that carries a task out. */
export function executor({ host }: Segment, { delegateTo }: PlannedTask): string {
  return delegateTo ?? host
}

/** What was seen of a task where it is carried out. */
export function lookOf(run: Run, segment: Segment, task: PlannedTask): Look | undefined {
  return run.hosts.get(executor(segment, task))?.looks.get(task)
}

function noteFirst(firsts: Map<string, PlannedTask>, host: string, task: PlannedTask): void {
  if (!firsts.has(host)) firsts.set(host, task)
}

/** What is made from facts is unknown as soon as anything before it changes, on whichever host. */
function foreseeLate(
  run: Run,
  segment: Segment,
  task: PlannedTask,
  firsts: ReadonlyMap<string, PlannedTask>,
): Foreseen {
  const [first] = firsts
  if (!first) return foresee(run, segment, task, undefined)
  const [host, { number, name }] = first
  return { outcome: 'unknown', reason: `after task ${number} (${name}) on ${host}: it is made from facts` }
}

/** What earlier tasks would change first can make a later probe impossible: that is unknown, not an error. */
function foresee(run: Run, segment: Segment, task: PlannedTask, before: PlannedTask | undefined): Foreseen {
  const look = lookOf(run, segment, task)
  if (isRescue(task)) return { outcome: 'skipped', reason: `runs only after a failure in its block` }
  if (look?.is === 'same') return { outcome: 'ok' }
  if (look?.is === 'different') return { outcome: 'would-change', changes: look.changes }
  if (look?.is === 'skipped') return { outcome: 'skipped', reason: look.reason }
  if (before) return { outcome: 'unknown', reason: `after task ${before.number} (${before.name})` }
  if (look?.is === 'failed' && isRescued(segment, task))
    return { outcome: 'unknown', reason: `${look.error.message}; the rescue of its block would follow` }
  if (look?.is === 'failed') return { outcome: 'failed', reason: look.error.message }
  return { outcome: 'unknown', reason: look?.reason ?? 'it was not probed' }
}

function isRescued({ tasks }: Segment, { within }: PlannedTask): boolean {
  return within.some(({ block, section }) => section === 'tasks' && hasRescue(block, tasks))
}
