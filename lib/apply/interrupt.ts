import { RunsheetError } from '../errors.ts'
import type { Frame } from '../shell/frames.ts'
import type { Step } from '../shell/step.ts'
import type { Session } from '../transport/session.ts'
import type { Channel } from '../transport/transport.ts'
import { extend, mayChange } from './hold.ts'

/** What a person who interrupts a run wants. */
export interface Interrupts {
  /** Finish the tasks in hand, then end. */
  soon: AbortSignal
  /** End at once: what is in hand is unknown then. */
  now: AbortSignal
}

/**
 * A session that stops when it is told to. A batch that may change something is stopped behind the step in hand, whose
 * outcome is still told; one that only looks is dropped.
 *
 * @throws RunsheetError E_INTERRUPTED from `run`: what the batch has not told has not been done; E_CONNECTION_LOST
 *   where it had to end at once
 */
export function interruptSession(session: Session, host: string, { soon, now }: Interrupts): Session {
  return extend(session, { run, spawn })

  async function run(batch: readonly Step[], onFrame: (frame: Frame) => void): Promise<void> {
    if (soon.aborted) throw interrupted(host)
    const changes = batch.some(mayChange)
    const stop = () => (changes ? session.halt() : session.close()).catch(() => session.close())
    const end = () => session.close()
    soon.addEventListener('abort', stop)
    now.addEventListener('abort', end)
    try {
      await session.run(batch, onFrame)
    } catch (error) {
      throw soon.aborted && !changes ? interrupted(host) : error
    } finally {
      soon.removeEventListener('abort', stop)
      now.removeEventListener('abort', end)
    }
    if (soon.aborted) throw interrupted(host)
  }

  async function spawn(script: string): Promise<Channel> {
    if (soon.aborted) throw interrupted(host)
    const channel = await session.spawn(script)
    const end = () => session.close()
    now.addEventListener('abort', end)
    channel.closed.then(() => now.removeEventListener('abort', end))
    return channel
  }
}

function interrupted(host: string): RunsheetError {
  return new RunsheetError(
    'E_INTERRUPTED',
    `${host}: the run was interrupted; nothing is left at work there`,
    {
      radius: 'host',
      hint: 'Go on with --resume.',
    },
  )
}
