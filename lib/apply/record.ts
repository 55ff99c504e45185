import { RunsheetError } from '../errors.ts'
import type { PlannedPlay, PlannedTask } from '../plan/index.ts'
import { noteFailure, rescuedBlocks } from './blocks.ts'
import type { TaskEvent } from './events.ts'
import { handlerId } from './handlers.ts'
import type { HostRun } from './host-run.ts'
import type { Run } from './run.ts'
import type { Result } from './segment.ts'
import type { Duty } from './steps.ts'

/** Tells what became of a task, and notes what follows from it for the host that it was for. */
export function recordTask(
  run: Run,
  play: PlannedPlay,
  { host, task, all }: Duty,
  { outcome, changes, reason, error }: Result,
  diff?: string,
): void {
  host.told.add(task)
  host.recap[outcome] += 1
  if (error) {
    run.report({ event: 'error', error })
    noteStop(host, task, all, error)
  }
  if (outcome === 'changed' || outcome === 'failed')
    for (const one of task.notify) host.owed.add(handlerId(one))
  run.report({
    ...eventOf(play, host.name, task),
    outcome,
    ...(reason !== undefined && { reason }),
    ...(changes !== undefined && { changes }),
    ...(diff !== undefined && outcome === 'changed' && { diff }),
  })
}

/** What an event says of its task, whatever became of it. */
export function eventOf(play: PlannedPlay, host: string, task: PlannedTask): Omit<TaskEvent, 'outcome'> {
  const { number, name, kind, id, delegateTo } = task
  const delegate = delegateTo !== undefined && { delegate: delegateTo }
  return { event: 'task', host, play: play.name, number, name, kind, id, ...delegate }
}

/** A host goes on where a rescue takes over; what a guard refused or a lost connection did, nothing mends. */
function noteStop(
  host: HostRun,
  task: PlannedTask,
  all: readonly PlannedTask[],
  error: NonNullable<Result['error']>,
): void {
  const block = error.code === 'E_CONNECTION_LOST' ? undefined : noteFailure(host.failures, task, all)
  if (block) host.mendable.set(block, [...(host.mendable.get(block) ?? []), task.name])
  else host.stopped ??= error
}

/** Tells what became of a handler. */
export function recordHandler(run: Run, play: PlannedPlay, host: HostRun, result: Result): void {
  const { handler, outcome, error } = result
  if (!handler) return
  if (error) {
    host.stopped ??= error
    run.report({ event: 'error', error })
  } else host.owed.delete(handlerId(handler))
  run.report({ event: 'handler', host: host.name, play: play.name, name: handler.name, outcome })
}

/** At the end of a play: the failures that were mended are not counted as such any more. */
export function recordRescues(run: Run, play: PlannedPlay, host: HostRun, all: readonly PlannedTask[]): void {
  for (const block of host.gone ? [] : rescuedBlocks(host.failures, all)) {
    const tasks = host.mendable.get(block) ?? []
    host.recap.failed -= tasks.length
    host.recap.rescued += tasks.length
    run.report({ event: 'rescued', host: host.name, play: play.name, block: block.name, tasks })
  }
  host.failures.clear()
  host.mendable.clear()
}

/** The shell of a host has ended: nothing more can be asked of it. Anything but that is thrown again. */
export function loseHost(run: Run, host: HostRun, error: unknown): void {
  if (!(error instanceof RunsheetError)) throw error
  host.stopped = error
  host.gone = true
  run.report({ event: 'error', error })
}
