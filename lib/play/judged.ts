import { setTimeout as sleep } from 'node:timers/promises'
import { type Connect, type ExitCode, judge, type Report } from '../apply/index.ts'
import type { Plan } from '../plan/index.ts'
import { readerLost } from './lost-reader.ts'
import type { Options } from './options.ts'
import { listenForSignals } from './signals.ts'

/**
 * Tells the verdict, with `--watch` again and again until SIGINT or SIGTERM, or until nobody reads it. Nothing is
 * recorded: nothing is changed.
 */
export async function judgeAndWatch(
  plan: Plan,
  connect: Connect,
  { forks, watch }: Pick<Options, 'forks' | 'watch'>,
  report: Report,
): Promise<ExitCode> {
  const { interrupts, stop } = listenForSignals(() => {})
  const enough = AbortSignal.any([interrupts.soon, readerLost()])
  const again = () => (watch === undefined ? Promise.resolve(false) : rest(watch, enough))
  try {
    return await judge(plan, connect, { forks, interrupts, again }, report)
  } finally {
    stop()
  }
}

async function rest(seconds: number, signal: AbortSignal): Promise<boolean> {
  return sleep(seconds * 1000, true, { signal }).catch(() => false)
}
