import type { RunsheetError } from '../errors.ts'
import type { Outcome } from './events.ts'

/** What became of the tasks of a batch that were not told when it ended with an error. */
export function leftOpen(error: RunsheetError | undefined): { outcome: Outcome; reason: string } {
  const code = error?.code
  if (code === 'E_LOCKED') return { outcome: 'skipped', reason: 'the target was not free for this run' }
  if (code === 'E_INTERRUPTED') return { outcome: 'skipped', reason: 'the run was interrupted' }
  if (code === 'E_TIMEOUT') return { outcome: 'unknown', reason: 'something hung on the target' }
  return { outcome: 'unknown', reason: 'the connection was lost' }
}
