import { writeFileSync } from 'node:fs'
import type { Report, RunEvent } from '../apply/events.ts'
import { InvalidInput } from '../errors.ts'
import { redact } from '../secret.ts'
import { toJsonLine } from './json.ts'
import { startProgress } from './progress.ts'
import { keepRecord, type RunRecord } from './record.ts'
import { toText } from './text.ts'

/** Where reports are written at the end of a run, beside what is printed; a path or nothing. */
export interface ReportOptions {
  html: string | undefined
  junit: string | undefined
  /** Prints what was as wanted, too. */
  verbose: boolean
  /** On a terminal each verdict takes the place of the one before it. */
  screen: boolean
  /** Redraws nothing, since a person is being asked on the same terminal. */
  still: boolean
}

/**
 * The one place that prints: events become text or JSON, secrets become their names.
 *
 * @throws InvalidInput for a file that cannot be written
 */
export async function createReport(
  format: 'text' | 'json',
  options: ReportOptions,
): Promise<{ report: Report; stop: () => Promise<void> }> {
  const { html, junit, verbose, screen } = options
  const toLine = format === 'json' ? toJsonLine : (event: RunEvent) => toRedactedText(event, verbose)
  for (const file of [html, junit]) if (file !== undefined) claim(file)
  const progress = await startProgress(process.stderr, options.still)
  const write = screen && format === 'text' ? await rewriting(process.stdout) : writing(process.stdout)
  const { follow, record } = keepRecord()
  const report: Report = (event) => {
    const line = toLine(event)
    if (line !== undefined) {
      progress.clear()
      write(line)
    }
    progress.follow(event)
    follow(event)
  }
  const stop = async () => {
    progress.stop()
    await writeReports(options, record())
  }
  return { report, stop }
}

function writing(stream: NodeJS.WriteStream): (text: string) => void {
  return (text) => void stream.write(`${text}\n`)
}

/** Redraws are log-update's work, as in the progress of a run. */
async function rewriting(stream: NodeJS.WriteStream): Promise<(text: string) => void> {
  return stream.isTTY ? (await import('log-update')).createLogUpdate(stream) : writing(stream)
}

/** What most runs do not write, they do not load. */
async function writeReports({ html, junit }: ReportOptions, record: RunRecord): Promise<void> {
  if (html !== undefined) writeFileSync(html, (await import('./html.ts')).toHtml(record))
  if (junit !== undefined) writeFileSync(junit, (await import('./junit.ts')).toJUnit(record))
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
