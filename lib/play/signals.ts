import { setMaxListeners } from 'node:events'
import type { Interrupts } from '../apply/index.ts'

/**
 * SIGINT or SIGTERM once: finish the tasks in hand and end; twice: end at once.
 *
 * @param say tells the person what happens now
 * @returns the wishes, and how to leave the signals alone again
 */
export function listenForSignals(say: (text: string) => void): { interrupts: Interrupts; stop: () => void } {
  const [soon, now] = [new AbortController(), new AbortController()]
  // Every host listens, and there may be hundreds.
  setMaxListeners(0, soon.signal, now.signal)
  const onSignal = () => {
    if (soon.signal.aborted) {
      say('ending at once: what is in hand is unknown')
      now.abort()
    } else {
      say('finishing the tasks in hand; once more ends at once')
      soon.abort()
    }
  }
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, onSignal)
  const stop = () => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, onSignal)
  }
  return { interrupts: { soon: soon.signal, now: now.signal }, stop }
}
