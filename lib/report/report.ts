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
export interface ReportOptions {
  html: string | undefined
  junit: string | undefined
  /** Prints what was as wanted, too. */
  verbose: boolean
}

/**
 * The one place that prints: events become text or JSON, secrets become their names.
 *
 * @throws InvalidInput for a file that cannot be written
 */
export function createReport(
  format: 'text' | 'json',
  { html, junit, verbose }: ReportOptions,
): { report: Report; stop: () => void } {
  const toLine = format === 'json' ? toJsonLine : (event: RunEvent) => toRedactedText(event, verbose)
  const progress = startProgress(process.stderr)
  for (const file of [html, junit]) if (file !== undefined) claim(file)
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
    if (html !== undefined) writeFileSync(html, toHtml(record()))
    if (junit !== undefined) writeFileSync(junit, toJUnit(record()))
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

function toRedactedText(event: RunEvent, verbose: boolean): string | undefined {
  const line = toText(event, verbose)
  return line === undefined ? undefined : redact(line)
}
