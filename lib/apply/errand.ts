import type { PlannedTask } from '../plan/index.ts'
import { probeStep } from '../probe/look.ts'
import { ask, type HostRun } from './host-run.ts'
import { readFrame } from './look-ahead.ts'
import { restart } from './restart.ts'
import type { Run } from './run.ts'
import { fromLook, type Result, runSegment } from './segment.ts'
import { type Duty, stepsOf } from './steps.ts'
import { download, upload } from './transfer.ts'

/**
 * Does a task with what the controller has to do for it. Nothing is told where a failure in its block passes over it.
 *
 * @param looked what was seen of it still holds
 */
export async function runErrand(
  run: Run,
  on: HostRun,
  duty: Duty,
  looked: boolean,
  tell: (result: Result) => void,
): Promise<void> {
  const { task } = duty
  if (!looked || task.within.length > 0) await lookAtDuty(on, duty)
  const look = on.looks.get(task)
  if (look === undefined || task.errand === undefined) return
  if (look.is !== 'different') return tell(fromLook(task, look))
  const { errand } = task
  if (errand.kind === 'download') return tell(await download(on, task, errand, look.changes))
  run.dirty = true
  if (errand.kind === 'restart') return restart(run, on, duty, errand, tell)
  const failed = await upload(on, task, errand)
  if (failed) tell(failed)
  else await runSegment(on, [duty], [], tell)
}

/** In a block the target knows whether the task is to be done at all. */
async function lookAtDuty(on: HostRun, duty: Duty): Promise<void> {
  on.looks.delete(duty.task)
  const tasks: readonly PlannedTask[] = [duty.task]
  for (const frame of await ask(on, stepsOf([duty], probeStep))) readFrame(on, tasks, frame)
}
