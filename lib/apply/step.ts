import type { PlannedPlay, Segment } from '../plan/index.ts'
import type { HostRun } from './host-run.ts'
import { lookAgain } from './look-ahead.ts'
import { loseHost, recordTask } from './record.ts'
import type { Run } from './run.ts'
import type { Duty } from './steps.ts'

/** What a person says to a task: do it, leave it out, or do it and all that follows without asking. */
export type Answer = 'yes' | 'no' | 'continue'

/** Asks a person; `changes` says field by field what would be changed. */
export type Confirm = (host: string, names: readonly string[], changes: readonly string[]) => Promise<Answer>

/** Tasks that are confirmed together: one alone, or a whole block, whose rescue belongs to it. */
export function unitsOf(duties: readonly Duty[]): Duty[][] {
  const units = new Map<unknown, Duty[]>()
  for (const duty of duties) {
    const key = duty.task.within[0]?.block ?? duty.task
    const unit = units.get(key)
    if (unit) unit.push(duty)
    else units.set(key, [duty])
  }
  return [...units.values()]
}

/** Looks at what is about to be done, and asks where something would be changed. What is declined is told. */
export async function isConfirmed(
  run: Run,
  play: PlannedPlay,
  on: HostRun,
  unit: readonly Duty[],
): Promise<boolean> {
  const tasks = unit.map(({ task }) => task)
  try {
    await lookAgain(on, tasks)
  } catch (error) {
    loseHost(run, on, error)
    return false
  }
  const looks = tasks.map((task) => on.looks.get(task)).filter((look) => look !== undefined)
  if (!run.confirm || looks.every(({ is }) => is === 'same' || is === 'skipped')) return true
  const changes = looks.flatMap((look) => (look.is === 'different' ? look.changes : []))
  const names = tasks.map(({ name }) => name)
  const answer = await run.confirm(unit[0]?.host.name ?? on.name, names, changes)
  if (answer === 'continue') run.confirm = undefined
  if (answer !== 'no') return true
  for (const duty of unit) {
    recordTask(run, play, duty, { task: duty.task, outcome: 'skipped', reason: 'it was not confirmed' })
  }
  return false
}

/** Guarded tasks are confirmed before the evidence is gathered: a person may take longer than it holds. */
export async function confirmGuarded(
  run: Run,
  play: PlannedPlay,
  segments: readonly Segment[],
): Promise<Segment[]> {
  const agreed: Segment[] = []
  for (const segment of segments) {
    const host = run.hosts.get(segment.host) as HostRun
    const tasks = []
    for (const task of segment.tasks) {
      if (!host.gone && (await isConfirmed(run, play, host, [{ host, task, all: segment.tasks }])))
        tasks.push(task)
    }
    agreed.push({ ...segment, tasks })
  }
  return agreed
}
