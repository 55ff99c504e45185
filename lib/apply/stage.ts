import { RunsheetError } from '../errors.ts'
import type { PlannedPlay, PlannedTask, Segment } from '../plan/index.ts'
import type { Handler } from '../resource/contract.ts'
import { isRescue, whyPassed } from './blocks.ts'
import { runErrand } from './errand.ts'
import { handlerId } from './handlers.ts'
import type { HostRun } from './host-run.ts'
import { leftOpen } from './left-open.ts'
import { lookAgain } from './look-ahead.ts'
import { eachOf } from './pool.ts'
import { loseHost, recordHandler, recordTask } from './record.ts'
import type { Run } from './run.ts'
import { type Result, runSegment } from './segment.ts'
import { showTexts } from './show-texts.ts'
import { isConfirmed, unitsOf } from './step.ts'
import type { Duty } from './steps.ts'
import { watch } from './watch.ts'
import { isLeft, type Work, worksOf } from './work.ts'

/** One stage of a play for a batch of hosts. `last`: the play ends with it, and its handlers run. */
export async function runStage(
  run: Run,
  play: PlannedPlay,
  segments: readonly Segment[],
  stage: number,
  last: boolean,
): Promise<void> {
  // What was seen still holds for all hosts of the stage: none of them waits for another one's change.
  const looked = !run.dirty || play.guarded
  const width = run.confirm ? 1 : run.options.forks
  await eachOf(worksOf(run, segments, stage, last), width, async (works) => {
    for (const work of works) await carryOut(run, play, work, looked)
  })
}

/** What one host carries out in one go. */
interface Turn {
  run: Run
  play: PlannedPlay
  on: HostRun
  handlers: readonly Handler[]
  /** What nothing has been told of yet. */
  open: Set<Duty>
  /** What was seen of it still holds. */
  looked: boolean
}

async function carryOut(run: Run, play: PlannedPlay, work: Work, looked: boolean): Promise<void> {
  const on = run.hosts.get(work.on)
  if (!on || on.gone) return giveUp(run, play, work)
  const open = new Set(work.duties)
  if (run.confirm && !play.guarded) await stepThrough(run, play, on, open)
  if (!on.gone) await attempt({ run, play, on, handlers: on.stopped ? [] : work.handlers, open, looked })
}

/** Has each task confirmed and does it before the next one is looked at, as long as somebody wants to be asked. */
async function stepThrough(run: Run, play: PlannedPlay, on: HostRun, open: Set<Duty>): Promise<void> {
  for (const unit of unitsOf([...open])) {
    for (const duty of unit) if (run.confirm || !isLeft(duty)) open.delete(duty)
    if (!run.confirm || on.gone || !unit.every(isLeft)) continue
    if (await isConfirmed(run, play, on, unit))
      await attempt({ run, play, on, handlers: [], open: new Set(unit), looked: true })
  }
}

async function attempt(turn: Turn): Promise<void> {
  const { run, play, on, open } = turn
  try {
    if ([...open].some(({ task }) => task.errand)) await runErrands(turn)
    if (!on.stopped || open.size > 0) await runBatch(turn)
  } catch (error) {
    loseHost(run, on, error)
    for (const duty of open) leaveOpen(run, play, duty, on.stopped)
  }
}

/** One at a time; a stage with errands holds nothing else. */
async function runErrands({ run, play, on, open, looked }: Turn): Promise<void> {
  for (const duty of [...open].filter(isLeft)) {
    sayWorking(run, open)
    await runErrand(run, on, duty, looked, (result) => {
      open.delete(duty)
      recordTask(run, play, duty, result)
    })
  }
  passOver(run, play, open, undefined)
}

/** All that is left, from the first difference on, in one round trip. */
async function runBatch({ run, play, on, handlers, open, looked }: Turn): Promise<void> {
  const duties = [...open]
  const tasks = duties.map(({ task }) => task)
  if (run.options.diff && !looked) await lookAgain(on, tasks)
  let texts: ReadonlyMap<PlannedTask, string> = new Map()
  const first = looked ? firstDifference(on, tasks) : 0
  for (const duty of duties.slice(0, first)) tell(duty, asFound(on, duty))
  if (open.size === 0 && !handlers.some((handler) => on.owed.has(handlerId(handler)))) return
  if (run.options.diff) texts = await showTexts(on, tasks.slice(first))
  run.dirty = true
  sayWorking(run, open)
  const unwatch = watch(run, on, () => [...open][0])
  try {
    await runSegment(on, duties.slice(first), handlers, (result) => {
      passOver(run, play, open, result.task)
      const [duty] = open
      if (duty && result.task) tell(duty, result)
      else recordHandler(run, play, on, result)
      sayWorking(run, open)
    })
  } finally {
    unwatch()
  }
  passOver(run, play, open, undefined)

  function tell(duty: Duty, result: Result): void {
    open.delete(duty)
    recordTask(run, play, duty, result, texts.get(duty.task))
  }
}

/** The target tells nothing of what a failure or an unneeded rescue has passed over. */
function passOver(run: Run, play: PlannedPlay, open: Set<Duty>, next: PlannedTask | undefined): void {
  for (const duty of open) {
    if (duty.task === next) return
    open.delete(duty)
    const reason = whyPassed(duty.host.failures, duty.task)
    recordTask(run, play, duty, { task: duty.task, outcome: 'skipped', reason })
  }
}

function leaveOpen(run: Run, play: PlannedPlay, duty: Duty, error: RunsheetError | undefined): void {
  duty.host.stopped ??= error
  recordTask(run, play, duty, { task: duty.task, ...leftOpen(error) })
}

/** The host that should have done it for others is not there. */
function giveUp(run: Run, play: PlannedPlay, { on: name, duties }: Work): void {
  for (const duty of duties) {
    const { task } = duty
    const reason = `${task.name}: ${name}, to which it is delegated, cannot be reached or has failed`
    const error = new RunsheetError('E_UNREACHABLE', reason, {
      radius: 'host',
      ...(task.place && { place: task.place }),
    })
    recordTask(run, play, duty, { task, outcome: 'failed', reason, error })
  }
}

function sayWorking(run: Run, open: ReadonlySet<Duty>): void {
  const [next] = open
  if (next && !next.host.stopped) run.report({ event: 'working', host: next.host.name, name: next.task.name })
}

/** The first task that the target must look at again; the number of tasks where there is none. */
export function firstDifference(host: HostRun, tasks: readonly PlannedTask[]): number {
  const first = tasks.findIndex((task) => {
    const look = host.looks.get(task)
    return look?.is !== 'same' && look?.is !== 'skipped' && !isRescue(task)
  })
  return first === -1 ? tasks.length : first
}

function asFound(on: HostRun, { host, task }: Duty): Result {
  if (isRescue(task)) return { task, outcome: 'skipped', reason: whyPassed(host.failures, task) }
  const look = on.looks.get(task)
  return look?.is === 'skipped' ? { task, outcome: 'skipped', reason: look.reason } : { task, outcome: 'ok' }
}
