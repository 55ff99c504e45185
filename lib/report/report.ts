import type { Report } from '../apply/events.ts'
import { redact, type Secret } from '../secret.ts'
import { toJsonLine } from './json.ts'
import { startProgress } from './progress.ts'
import { toText } from './text.ts'

/** The one place that prints: events become text or JSON, secrets become their names. */
export function createReport(
  format: 'text' | 'json',
  secrets: readonly Secret[],
): { report: Report; stop: () => void } {
  const toLine = format === 'json' ? toJsonLine : toText
  const progress = startProgress(process.stderr)
  const report: Report = (event) => {
    const line = toLine(event)
    if (line !== undefined) {
      progress.clear()
      process.stdout.write(`${redact(line, secrets)}\n`)
    }
    progress.follow(event)
  }
  return { report, stop: progress.stop }
}
