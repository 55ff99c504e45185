import type { EventEmitter } from 'node:events'
import type { Closed } from './transport.ts'

/**
 * How long, in milliseconds, output may still come after the shell has ended. A daemon that a task started
 * may hold the streams open for ever.
 */
const GRACE = 500

/**
 * Listens for the end of a process, here or on a target: `exit` brings the code, `close` the last byte.
 *
 * @param reason what broke, for people, asked for at the end
 */
export function lastWord(
  process: EventEmitter,
  reason: () => string | undefined = () => undefined,
): Promise<Closed> {
  const heard: Pick<Closed, 'exitCode' | 'signal'> = { exitCode: undefined, signal: undefined }
  let failure: string | undefined
  return new Promise((resolve) => {
    const end = () => resolve({ ...heard, reason: failure ?? reason() })
    process.on('exit', (code: number | null | undefined, signal: string | null | undefined) => {
      heard.exitCode = code ?? undefined
      heard.signal = signal ?? undefined
      setTimeout(end, GRACE).unref()
    })
    process.on('error', (error: Error) => {
      failure = error.message
      end()
    })
    process.on('close', end)
  })
}
