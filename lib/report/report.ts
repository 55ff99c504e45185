import { writeFileSync } from 'node:fs'
import type { Report, RunEvent } from '../apply/events.ts'
import { InvalidInput } from '../errors.ts'
import { redact } from '../secret.ts'
import { toHtml } from './html.ts'
import { toJsonLine } from './json.ts'
import { toJUnit } from './junit.ts'
import { startProgress } from './progress.ts'
import { keepRecord } from './record.ts'
import { toText } from './text.ts'

/** Where reports are written at the end of a run, beside what is printed; a path or nothing. */
export interface ReportFiles {
  html: string | undefined
  junit: string | undefined
}

/**
 * The one place that prints: events become text or JSON, secrets become their names.
 *
 * @throws InvalidInput for a file that cannot be written
 */
export function createReport(
  format: 'text' | 'json',
  files: ReportFiles,
): { report: Report; stop: () => void } {
  const toLine = format === 'json' ? toJsonLine : toRedactedText
  const progress = startProgress(process.stderr)
  for (const file of Object.values(files)) if (file !== undefined) claim(file)
  const { follow, record } = keepRecord()
  const report: Report = (event) => {
    const line = toLine(event)
    if (line !== undefined) {
      progress.clear()
      process.stdout.write(`${line}\n`)
    }
    progress.follow(event)
    follow(event)
  }
  const stop = () => {
    progress.stop()
    if (files.html !== undefined) writeFileSync(files.html, toHtml(record()))
    if (files.junit !== undefined) writeFileSync(files.junit, toJUnit(record()))
  }
  return { report, stop }
}

/** A report that cannot be written is told before the run, not after it. */
function claim(file: string): void {
  try {
    writeFileSync(file, '')
  } catch (error) {
    throw new InvalidInput([{ message: `no report can be written there: ${(error as Error).message}` }])
  }
}

function toRedactedText(event: RunEvent): string | undefined {
  const line = toText(event)
  return line === undefined ? undefined : redact(line)
}
