import { describeChange, fieldChanges } from '../diff/fields.ts'
import { RunsheetError } from '../errors.ts'
import { CANNOT_TELL, DOES_NOT_HOLD, type Task } from '../resource/contract.ts'
import { canonical } from '../resource/state.ts'
import type { Frame } from '../shell/frames.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { stateName } from '../shell/state-name.ts'
import type { Step } from '../shell/step.ts'

/** What a probe found on a host, at one moment. */
export type Look =
  | { is: 'same' }
  | { is: 'different'; found: string; changes: string[] }
  | { is: 'skipped'; reason: string }
  | { is: 'unknown'; reason: string }
  | { is: 'failed'; error: RunsheetError }

type Numbered = Task & { number: number }

/** The step that only looks. */
export function probeStep(task: Numbered): Step {
  const { number, needs, when } = task
  return { kind: 'probe', number, needs, when: when?.test, probe: probeOf(task) }
}

/** The probe; a change that an earlier session has left at work comes first: what it will change is not settled. */
export function probeOf(task: Task): Shell {
  const job = jobOf(task)
  if (job === undefined) return task.probe
  return sh`if rs_job_alive ${job}; then echo 'an earlier change is still at work'; else
${task.probe}
fi`
}

/** The name of a detached change on its target: the same in every run. */
export function jobOf({ detached, kind, id }: Task): string | undefined {
  return detached ? stateName(`${kind} ${id}`) : undefined
}

/** Reads what came of a task's condition: exit 1 skips, 75 cannot tell, anything else is an error. */
export function readCondition(
  task: Task,
  host: string,
  frame: Frame,
  exitCode: number,
): Exclude<Look, { is: 'same' | 'different' }> {
  if (exitCode === 1) return { is: 'skipped', reason: task.when?.otherwise ?? '' }
  if (exitCode === CANNOT_TELL)
    return { is: 'unknown', reason: frame.stderr.trim() || (task.when?.otherwise ?? '') }
  return { is: 'failed', error: probeError(task, host, frame, exitCode, task.when?.test.text ?? '') }
}

/** Reads what a probe printed. */
export function readProbe(task: Task, host: string, frame: Frame, exitCode: number): Look {
  if (exitCode === CANNOT_TELL) return { is: 'unknown', reason: frame.stderr.trim() }
  if (exitCode !== 0) return { is: 'failed', error: probeError(task, host, frame, exitCode, task.probe.text) }
  if (frame.stdout === canonical(task.expect)) return { is: 'same' }
  return {
    is: 'different',
    found: frame.stdout,
    changes: fieldChanges(task.expect, frame.stdout).map(describeChange),
  }
}

function probeError(
  task: Task,
  host: string,
  frame: Frame,
  exitCode: number,
  command: string,
): RunsheetError {
  const why = exitCode === DOES_NOT_HOLD ? frame.stderr.trim() : 'cannot read the present state'
  return new RunsheetError('E_PROBE_FAILED', `${task.name}: ${why}`, {
    radius: 'host',
    ...(task.place && { place: task.place }),
    remote: { host, command, exitCode, stdout: frame.stdout, stderr: frame.stderr },
  })
}
