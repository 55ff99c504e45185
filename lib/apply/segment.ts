import { describeChange, fieldChanges } from '../diff/fields.ts'
import { type ErrorCode, RunsheetError } from '../errors.ts'
import type { PlannedTask } from '../plan/index.ts'
import { type Look, readCondition, readProbe } from '../probe/look.ts'
import type { Handler } from '../resource/contract.ts'
import { canonical } from '../resource/state.ts'
import type { Frame } from '../shell/frames.ts'
import type { Step } from '../shell/step.ts'
import type { Outcome } from './events.ts'
import { handlerId } from './handlers.ts'
import type { HostRun } from './host-run.ts'
import { type Duty, stepsOf } from './steps.ts'

/** What became of one task or handler, told while the segment still runs. */
export interface Result {
  task?: PlannedTask
  handler?: Handler
  outcome: Outcome
  changes?: string[]
  reason?: string
  error?: RunsheetError
}

/**
 * Sends the tasks as one batch: each probes, applies where it differs, and probes again on the target; the
 * handlers that are owed run at its end. Results come as the target works.
 */
export async function runSegment(
  on: HostRun,
  duties: readonly Duty[],
  handlers: readonly Handler[],
  onResult: (result: Result) => void,
): Promise<void> {
  const steps = [...stepsOf(duties), ...handlers.map(handlerStep)]
  const byNumber = new Map(duties.map((duty) => [String(duty.task.number), duty.task]))
  const found = new Map<PlannedTask, string>()
  await on.session.run(steps, (frame) => {
    const [mark, name = ''] = frame.words
    const task = byNumber.get(name)
    const result =
      mark === 'handler' ? handlerResult(on, handlers, frame) : task && readResult(on, task, found, frame)
    if (result) onResult(result)
  })
}

function handlerStep(handler: Handler): Step {
  return { kind: 'handler', id: handlerId(handler), run: handler.run }
}

function readResult(
  host: HostRun,
  task: PlannedTask,
  found: Map<PlannedTask, string>,
  frame: Frame,
): Result | undefined {
  const [mark] = frame.words
  const exitCode = Number(frame.words.at(-1))
  if (mark === 'when') return fromLook(task, readCondition(task, host.name, frame, exitCode))
  if (mark === 'probe') {
    found.set(task, frame.stdout)
    const look = readProbe(task, host.name, frame, exitCode)
    return look.is === 'different' ? undefined : fromLook(task, look)
  }
  if (mark === 'recheck')
    return failed(task, host, frame, exitCode, 'E_REFUSED', task.guard?.recheck.text ?? '')
  if (mark === 'apply' && exitCode !== 0)
    return failed(task, host, frame, exitCode, 'E_APPLY_FAILED', task.apply.text)
  if (mark === 'until')
    return failed(task, host, frame, exitCode, 'E_NOT_CONVERGED', task.retry?.until?.text ?? '', UNTIL)
  if (mark === 'verify') return verified(task, host, found.get(task) ?? '', frame, exitCode)
  return undefined
}

/** What a look has settled already. */
export function fromLook(task: PlannedTask, look: Exclude<Look, { is: 'different' }>): Result {
  if (look.is === 'same') return { task, outcome: 'ok' }
  if (look.is === 'skipped') return { task, outcome: 'skipped', reason: look.reason }
  const error = look.is === 'failed' ? look.error : cannotTell(task, look.reason)
  return { task, outcome: 'failed', reason: error.message, error }
}

function cannotTell(task: PlannedTask, reason: string): RunsheetError {
  return new RunsheetError('E_PROBE_FAILED', `${task.name}: cannot tell the present state: ${reason}`, {
    radius: 'host',
    ...(task.place && { place: task.place }),
  })
}

function verified(task: PlannedTask, host: HostRun, before: string, frame: Frame, exitCode: number): Result {
  const changes = fieldChanges(task.expect, before).map(describeChange)
  if (exitCode === 0 && frame.stdout === canonical(task.expect)) return { task, outcome: 'changed', changes }
  return failed(task, host, frame, exitCode, 'E_NOT_CONVERGED', task.probe.text)
}

const MESSAGES: Partial<Record<ErrorCode, string>> = {
  E_REFUSED: 'refused on the target, at the moment of the change',
  E_APPLY_FAILED: 'the change failed',
  E_NOT_CONVERGED: 'the change ran, but the state still differs from what is wanted',
}

const UNTIL = 'the state is as wanted, but the condition that must follow does not hold'

function failed(
  task: PlannedTask,
  host: HostRun,
  frame: Frame,
  exitCode: number,
  code: ErrorCode,
  command: string,
  message = MESSAGES[code],
): Result {
  const tries = task.retry ? ` (${task.retry.retries} more tries did not help)` : ''
  const differs = code === 'E_NOT_CONVERGED' && message !== UNTIL
  const wanted = differs ? `\nwanted:\n${canonical(task.expect)}\nfound:\n${frame.stdout}` : ''
  const error = new RunsheetError(code, `${task.name}: ${message}${tries}${wanted}`, {
    radius: 'host',
    ...(task.place && { place: task.place }),
    remote: { host: host.name, command, exitCode, stdout: frame.stdout, stderr: frame.stderr },
  })
  return { task, outcome: 'failed', reason: error.message, error }
}

function handlerResult(host: HostRun, handlers: readonly Handler[], frame: Frame): Result | undefined {
  const handler = handlers.find((one) => handlerId(one) === frame.words[1])
  const exitCode = Number(frame.words.at(-1))
  if (!handler) return undefined
  if (exitCode === 0) return { handler, outcome: 'changed' }
  const error = new RunsheetError(
    'E_HANDLER_FAILED',
    `handler ${handler.name} failed; it is owed until it succeeds`,
    {
      radius: 'host',
      ...(handler.place && { place: handler.place }),
      remote: {
        host: host.name,
        command: handler.run.text,
        exitCode,
        stdout: frame.stdout,
        stderr: frame.stderr,
      },
    },
  )
  return { handler, outcome: 'failed', reason: error.message, error }
}
