import type { Report, RunEvent } from '../apply/events.ts'
import { redact } from '../secret.ts'
import { toJsonLine } from './json.ts'
import { startProgress } from './progress.ts'
import { toText } from './text.ts'

/** The one place that prints: events become text or JSON, secrets become their names. */
export function createReport(format: 'text' | 'json'): { report: Report; stop: () => void } {
  const toLine = format === 'json' ? toJsonLine : toRedactedText
  const progress = startProgress(process.stderr)
  const report: Report = (event) => {
    const line = toLine(event)
    if (line !== undefined) {
      progress.clear()
      process.stdout.write(`${line}\n`)
    }
    progress.follow(event)
  }
  return { report, stop: progress.stop }
}

function toRedactedText(event: RunEvent): string | undefined {
  const line = toText(event)
  return line === undefined ? undefined : redact(line)
}
