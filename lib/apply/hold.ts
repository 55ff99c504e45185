import { RunsheetError } from '../errors.ts'
import type { Frame } from '../shell/frames.ts'
import type { LockStep, Step } from '../shell/step.ts'
import type { Session } from '../transport/session.ts'

/** Whom a target is held for. */
export type Holder = Omit<LockStep, 'kind'>

/**
 * A session that takes its target for this run alone: the lock rides in the first batch that may change something, and
 * costs no trip; it is given back when the shell ends. A run that resumes another takes it before it looks, so that
 * nothing of the other is at work any more.
 *
 * @throws RunsheetError E_LOCKED from `run`; nothing of the batch has run then
 */
export function holdTarget(session: Session, host: string, holder: Holder): Session {
  let held = false

  async function run(batch: readonly Step[], onFrame: (frame: Frame) => void): Promise<void> {
    if (held || !(holder.resumes.length > 0 || batch.some(mayChange))) return session.run(batch, onFrame)
    let refusal: RunsheetError | undefined
    await session.run([{ kind: 'lock', ...holder }, ...batch], (frame) => {
      if (frame.words[0] !== 'lock') return onFrame(frame)
      held = frame.words.at(-1) === '0'
      if (!held) refusal = isLocked(host, frame)
    })
    if (refusal) throw refusal
  }

  return extend(session, { run })
}

/** Whether a step can do more than look. */
export function mayChange({ kind }: Step): boolean {
  return kind === 'fused' || kind === 'handler'
}

/** A session that does one thing in another way; its count of trips goes on. */
export function extend(session: Session, changes: Partial<Session>): Session {
  return Object.create(session, Object.getOwnPropertyDescriptors(changes))
}

function isLocked(host: string, frame: Frame): RunsheetError {
  const exitCode = Number(frame.words.at(-1))
  const remote = { host, command: 'mkdir lock', exitCode, stdout: frame.stdout, stderr: frame.stderr }
  if (exitCode !== 2)
    return new RunsheetError('E_LOCKED', `${host}: the lock against two runs at once cannot be made`, {
      radius: 'host',
      remote,
      hint: `The folder of runsheet's state on the target (/var/lib/runsheet for root) must be writable and its disk not full.`,
    })
  const [process = '', run = '', ...owner] = frame.stdout.split(' ')
  const pid = process.split('.')[0]
  return new RunsheetError(
    'E_LOCKED',
    `${host}: another run works there: ${owner.join(' ')}, run ${run}, process ${pid}`,
    {
      radius: 'host',
      hint: `Wait for its end. If its controller is gone, --resume there goes on with it; otherwise end process ${pid} on ${host}: the lock of a dead process is broken by the next run.`,
    },
  )
}
