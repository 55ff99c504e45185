import { closeSync, fdatasync, fsyncSync, openSync, writeSync } from 'node:fs'
import type { RunEvent } from '../apply/events.ts'
import { InvalidInput } from '../errors.ts'
import { redactedJson } from '../secret.ts'
import { newRunFile } from './files.ts'
import type { Header } from './header.ts'

/** The record of one run. */
export interface Journal {
  follow: (event: RunEvent) => void
  close: () => void
}

/**
 * Begins the journal of a run, one event a line. A line is written before what it announces, and on the disk soon
 * after: the first one at once, the others as fast as the disk takes them. What a crash of the controller's machine
 * may cut off was in hand or later then, and a run that resumes this one looks at everything again anyway.
 *
 * @throws InvalidInput where it cannot be written
 */
export function startJournal(header: Header): Journal {
  const file = open(header)
  const disk = syncing(file)
  write(file, header)
  fsyncSync(file)
  return {
    follow: (event) => {
      const line = toLine(event)
      if (!line) return
      write(file, { time: new Date().toISOString(), ...line })
      disk.sync()
    },
    close: () => disk.end(),
  }
}

function open({ playbook, run }: Header): number {
  try {
    return openSync(newRunFile(playbook, run), 'ax', 0o600)
  } catch (error) {
    const message = `the run cannot be recorded: ${(error as Error).message}`
    throw new InvalidInput([{ message, hint: 'set XDG_STATE_HOME to a folder that you can write to' }])
  }
}

function write(file: number, line: object): void {
  writeSync(file, `${redactedJson(line)}\n`)
}

/** What has not changed anything is not worth a line. */
function toLine(event: RunEvent): object | undefined {
  if (event.event === 'task')
    return ['ok', 'skipped', 'would-change'].includes(event.outcome) ? undefined : withoutDiff(event)
  if (event.event === 'error') return { event: 'error', code: event.error.code, message: event.error.message }
  if (event.event === 'working' && event.far !== undefined) return undefined
  return ['start', 'working', 'handler', 'recap'].includes(event.event) ? event : undefined
}

function withoutDiff({ diff: _, ...event }: Extract<RunEvent, { event: 'task' }>): object {
  return event
}

/** Never more than one fdatasync at once; it covers all lines before it. */
function syncing(file: number) {
  let busy = false
  let again = false
  let ended = false

  function sync(): void {
    again = true
    if (busy) return
    busy = true
    again = false
    fdatasync(file, () => {
      busy = false
      if (again) sync()
      else if (ended) closeSync(file)
    })
  }

  function end(): void {
    ended = true
    sync()
  }

  return { sync, end }
}
