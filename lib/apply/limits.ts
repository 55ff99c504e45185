import { RunsheetError } from '../errors.ts'
import type { Frame } from '../shell/frames.ts'
import type { Step } from '../shell/step.ts'
import { follow } from '../transport/progress.ts'
import type { Session } from '../transport/session.ts'
import { extend } from './hold.ts'

/** Seconds that a step may take. */
export interface Limits {
  /** A probe, a condition, a question. */
  look: number
  /** A change without a limit of its own, a handler, the wait for a run that is resumed. */
  change: number
}

export const LIMITS: Limits = { look: 300, change: 3600 }

/** Seconds that a step may take to end after its processes have been killed. */
const GRACE = 10

/**
 * A session whose hung steps are ended, so that one host never holds up a run for ever. The step then fails with the
 * exit code of the signal and a line on its stderr that says why; where even SIGKILL ends nothing, as with a dead NFS
 * server, the session is closed and the outcome is unknown.
 */
export function limitSession(session: Session, host: string, limits: Limits = LIMITS): Session {
  return extend(session, { run })

  async function run(batch: readonly Step[], onFrame: (frame: Frame) => void): Promise<void> {
    const progress = follow(batch)
    let expired: number | undefined
    let timer = arm()
    try {
      await session.run(batch, (frame) => {
        clearTimeout(timer)
        progress.advance(frame)
        onFrame(expired === undefined ? frame : { ...frame, stderr: frame.stderr + stopped(expired) })
        expired = undefined
        timer = arm()
      })
    } catch (error) {
      throw expired !== undefined && error instanceof RunsheetError ? hung(host, expired, error) : error
    } finally {
      clearTimeout(timer)
    }

    function arm(): NodeJS.Timeout {
      const change = progress.change()
      const seconds = change ? (change.limit ?? limits.change) : limits.look
      return setTimeout(() => {
        expired = seconds
        timer = setTimeout(() => session.close(), GRACE * 1000)
        const close = () => session.close()
        session.abort().then((left) => (left.length > 0 ? close() : undefined), close)
      }, seconds * 1000)
    }
  }
}

function stopped(seconds: number): string {
  return `runsheet: ended after ${seconds} s, the time limit of this step\n`
}

function hung(host: string, seconds: number, { details }: RunsheetError): RunsheetError {
  const message = `${host}: no end after ${seconds} s, and its processes cannot be killed: the outcome is unknown`
  const hint =
    'Look for a disk or a network file system that does not answer, then run again: the probes will tell.'
  return new RunsheetError('E_TIMEOUT', message, { ...details, hint })
}
