import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ErrorCode, RunsheetError } from '../errors.ts'
import type { PlannedTask } from '../plan/index.ts'
import { probeStep } from '../probe/look.ts'
import type { Restart } from '../resource/errand.ts'
import type { Shell } from '../shell/sh.ts'
import type { Session } from '../transport/session.ts'
import { ask, type HostRun } from './host-run.ts'
import { readFrame } from './look-ahead.ts'
import type { Run } from './run.ts'
import { fromLook, type Result, runSegment } from './segment.ts'
import type { Duty } from './steps.ts'

/** Seconds between two logins: sshd shuts out who comes too often (sshd_config(5), PerSourcePenalties). */
const PAUSE = 3

/**
 * Restarts a host and goes on with it when it answers as another boot. The loss of the connection proves nothing, the
 * other boot does.
 *
 * @throws RunsheetError E_CONNECTION_LOST when it has not come back in time
 */
export async function restart(
  run: Run,
  on: HostRun,
  duty: Duty,
  { boot, within }: Restart,
  tell: (result: Result) => void,
): Promise<void> {
  const { task } = duty
  const before = await bootOf(on.session, boot)
  if (before === undefined)
    return tell(failed(task, on, 'E_APPLY_FAILED', 'it does not tell one boot from the next'))
  if (before === ownBoot())
    return tell(
      failed(task, on, 'E_REFUSED', 'it is the machine from which this run is made, or a container there'),
    )
  const changes = changesOf(on, task)
  try {
    return await runSegment(on, [duty], [], tell)
  } catch (error) {
    if (!(error instanceof RunsheetError) || error.code !== 'E_CONNECTION_LOST') throw error
  }
  await replaceSession(run, on, boot, before, within)
  for (const frame of await ask(on, [probeStep(task)])) readFrame(on, [task], frame)
  const look = on.looks.get(task)
  if (look?.is === 'same') tell({ task, outcome: 'changed', changes })
  else if (look?.is === 'different')
    tell(
      failed(
        task,
        on,
        'E_NOT_CONVERGED',
        `it has restarted, and yet is not as wanted: ${look.changes.join(', ')}`,
      ),
    )
  else if (look) tell(fromLook(task, look))
}

/** Logs in again and again until another boot answers. */
async function replaceSession(
  run: Run,
  on: HostRun,
  boot: Shell,
  before: string,
  within: number,
): Promise<void> {
  const began = performance.now()
  const seconds = () => Math.round((performance.now() - began) / 1000)
  await on.session.close()
  let said = 'it did not answer'
  while (seconds() < within && !run.options.interrupts?.soon.aborted) {
    await sleep(PAUSE * 1000)
    try {
      const session = await run.connect(on.name)
      const now = await bootOf(session, boot)
      if (now !== undefined && now !== before) return takeOver(on, session)
      said = 'it answers, but it has not restarted'
      await session.close()
    } catch (error) {
      if (!(error instanceof RunsheetError) || FINAL.includes(error.code)) throw error
      said = error.message
    }
  }
  const message = `${on.name}: not back ${seconds()} s after its restart: ${said}`
  throw new RunsheetError('E_CONNECTION_LOST', message, {
    radius: 'host',
    hint: 'Look at its console, and when it is there again, run again: the probes will tell what is left to do.',
  })
}

function takeOver(on: HostRun, session: Session): void {
  on.recap.trips += on.session.trips
  on.session = session
}

/** Waiting longer mends none of these. */
const FINAL: readonly ErrorCode[] = ['E_HOST_KEY', 'E_INVALID']

/** Undefined where the host cannot tell. */
async function bootOf(session: Session, boot: Shell): Promise<string | undefined> {
  let said: string | undefined
  await session.run([{ kind: 'ask', name: 'boot', run: boot }], (frame) => {
    if (frame.words.at(-1) === '0') said = frame.stdout.trim() || undefined
  })
  return said
}

/** Of the controller; see random(4), boot_id. */
function ownBoot(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return undefined
  }
}

function changesOf(on: HostRun, task: PlannedTask): string[] {
  const look = on.looks.get(task)
  return look?.is === 'different' ? look.changes : []
}

function failed(task: PlannedTask, on: HostRun, code: ErrorCode, why: string): Result {
  const error = new RunsheetError(code, `${task.name}: ${on.name}: ${why}`, {
    radius: 'host',
    ...(task.place && { place: task.place }),
  })
  return { task, outcome: 'failed', reason: error.message, error }
}
