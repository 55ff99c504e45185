import { RunsheetError } from '../errors.ts'
import type { PlannedPlay, PlannedTask, Segment } from '../plan/index.ts'
import { consultGuards, refusalError } from './guarded.ts'
import { handlerId } from './handlers.ts'
import type { HostRun } from './host-run.ts'
import { lookAgain } from './look-ahead.ts'
import type { Run } from './run.ts'
import { type Result, runSegment } from './segment.ts'
import { showTexts } from './show-texts.ts'

/** Converges one play: `serial` hosts at once, each with its whole segment in one round trip. */
export async function applyPlay(run: Run, play: PlannedPlay): Promise<void> {
  const segments = play.segments.filter(({ host }) => !run.hosts.get(host)?.stopped && run.hosts.has(host))
  for (let start = 0; start < segments.length; start += play.serial) {
    const batch = segments.slice(start, start + play.serial)
    if (play.guarded && !(await guardsAllow(run, batch))) return
    const looked = !run.dirty || play.guarded
    await Promise.all(batch.map((segment) => applySegment(run, play, segment, looked)))
  }
}

/** @param looked whether what was seen of the host still holds, so that its leading tasks need no second look */
async function applySegment(run: Run, play: PlannedPlay, segment: Segment, looked: boolean): Promise<void> {
  const host = run.hosts.get(segment.host) as HostRun
  if (run.options.diff && !looked) await lookAgain(host, segment.tasks)
  const first = looked ? firstDifference(host, segment.tasks) : 0
  for (const task of segment.tasks.slice(0, first)) record(run, play, host, asFound(host, task))
  const rest = segment.tasks.slice(first)
  if (rest.length === 0 && !owesHandler(host, segment)) return
  const texts = run.options.diff ? await showTexts(host, rest) : new Map<number, string>()
  run.dirty = true
  await follow(run, play, host, segment, rest, texts)
}

async function follow(
  run: Run,
  play: PlannedPlay,
  host: HostRun,
  segment: Segment,
  rest: readonly PlannedTask[],
  texts: ReadonlyMap<number, string>,
): Promise<void> {
  const open = new Set(rest)
  try {
    sayWorking(run, host, open)
    await runSegment(host, segment, rest, (result) => {
      if (result.task) open.delete(result.task)
      record(run, play, host, result, texts)
      sayWorking(run, host, open)
    })
  } catch (error) {
    if (!(error instanceof RunsheetError)) throw error
    host.stopped = error
    run.report({ event: 'error', error })
    for (const task of open)
      record(run, play, host, { task, outcome: 'unknown', reason: 'the connection was lost' })
    return
  }
  for (const task of open)
    record(run, play, host, { task, outcome: 'skipped', reason: 'an earlier task failed' })
}

function sayWorking(run: Run, host: HostRun, open: ReadonlySet<PlannedTask>): void {
  const [next] = open
  if (next && !host.stopped) run.report({ event: 'working', host: host.name, name: next.name })
}

/** The first task that the target must look at again; the number of tasks where there is none. */
function firstDifference(host: HostRun, tasks: readonly PlannedTask[]): number {
  const first = tasks.findIndex(({ number }) => {
    const look = host.looks.get(number)
    return look?.is !== 'same' && look?.is !== 'skipped'
  })
  return first === -1 ? tasks.length : first
}

function asFound(host: HostRun, task: PlannedTask): Result {
  const look = host.looks.get(task.number)
  return look?.is === 'skipped' ? { task, outcome: 'skipped', reason: look.reason } : { task, outcome: 'ok' }
}

function owesHandler(host: HostRun, segment: Segment): boolean {
  return segment.handlers.some((handler) => host.owed.has(handlerId(handler)))
}

function record(
  run: Run,
  play: PlannedPlay,
  host: HostRun,
  result: Result,
  texts: ReadonlyMap<number, string> = new Map(),
): void {
  const { task, handler, outcome, changes, reason, error } = result
  if (error) {
    host.stopped ??= error
    run.report({ event: 'error', error })
  }
  if (handler) run.report({ event: 'handler', host: host.name, play: play.name, name: handler.name, outcome })
  if (!task) return
  host.recap[outcome] += 1
  const diff = texts.get(task.number)
  run.report({
    event: 'task',
    host: host.name,
    play: play.name,
    number: task.number,
    name: task.name,
    kind: task.kind,
    id: task.id,
    outcome,
    ...(reason !== undefined && { reason }),
    ...(changes !== undefined && { changes }),
    ...(diff !== undefined && outcome === 'changed' && { diff }),
  })
}

async function guardsAllow(run: Run, segments: readonly Segment[]): Promise<boolean> {
  const pending = segments.filter(({ host, tasks }) => {
    const known = run.hosts.get(host) as HostRun
    return run.dirty || firstDifference(known, tasks) < tasks.length
  })
  const guarded = new Map(pending.map(({ host, tasks }) => [run.hosts.get(host) as HostRun, tasks]))
  const refusals = await consultGuards(guarded, run.reach)
  for (const refusal of refusals) {
    run.report({ event: 'error', error: refusalError(refusal) })
    run.refused = true
  }
  return refusals.length === 0
}
