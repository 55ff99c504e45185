import { stripVTControlCharacters } from 'node:util'
import type { HostRecap, Outcome, RunEvent } from '../apply/events.ts'
import { redact } from '../secret.ts'
import { describeError } from './errors.ts'

/** One task or handler on one host. Times are in milliseconds since the start of the run. */
export interface Entry {
  host: string
  play: string
  name: string
  outcome: Outcome
  from: number
  to: number
  /** What differed, field by field, and why it ended as it did. */
  details: readonly string[]
  /** A unified diff, where one was asked for. */
  diff: string | undefined
}

/** A whole run, for reports that are written at its end. All texts are redacted. */
export interface RunRecord {
  playbook: string
  mode: 'apply' | 'check'
  /** When the run began. */
  date: Date
  hosts: readonly string[]
  entries: readonly Entry[]
  errors: readonly string[]
  foreword: readonly string[]
  conclusion: readonly string[]
  recap: Readonly<Record<string, HostRecap>>
  exitCode: number
  /** How long it took, in milliseconds. */
  duration: number
}

/**
 * Follows a run and keeps what the written reports need.
 *
 * @param now the clock, in milliseconds
 */
export function keepRecord(now: () => number = Date.now): {
  follow: (event: RunEvent) => void
  record: () => RunRecord
} {
  const began = now()
  const record: Writable<RunRecord> = {
    playbook: '',
    mode: 'apply',
    date: new Date(began),
    hosts: [],
    entries: [],
    errors: [],
    foreword: [],
    conclusion: [],
    recap: {},
    exitCode: 2,
    duration: 0,
  }
  const free = new Map<string, number>()
  return {
    record: () => ({ ...record, duration: now() - began }),
    follow: (event) => {
      const at = now() - began
      if (event.event === 'task' || event.event === 'handler') {
        record.entries = [...record.entries, toEntry(event, free.get(event.host) ?? at, at)]
      }
      if ('host' in event) free.set(event.host, at)
      note(record, event)
    },
  }
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

function note(record: Writable<RunRecord>, event: RunEvent): void {
  if (event.event === 'start') Object.assign(record, pick(event))
  if (event.event === 'error') record.errors = [...record.errors, plainError(event)]
  if (event.event === 'foreword' || event.event === 'conclusion')
    record[event.event] = event.lines.map((line) => redact(line))
  if (event.event === 'recap') Object.assign(record, { recap: event.hosts, exitCode: event.exitCode })
}

function pick({ playbook, mode, hosts }: Extract<RunEvent, { event: 'start' }>): Partial<RunRecord> {
  return { playbook: redact(playbook), mode, hosts }
}

function plainError({ error }: Extract<RunEvent, { event: 'error' }>): string {
  return redact(stripVTControlCharacters(describeError(error)))
}

function toEntry(event: Extract<RunEvent, { event: 'task' | 'handler' }>, from: number, to: number): Entry {
  const { host, play, name, outcome } = event
  const task = event.event === 'task' ? event : undefined
  const details = [...(task?.changes ?? []), ...(task?.reason === undefined ? [] : [task.reason])]
  return {
    host,
    play: redact(play),
    name: redact(event.event === 'handler' ? `handler ${name}` : name),
    outcome,
    from,
    to,
    details: details.map((line) => redact(line)),
    diff: task?.diff === undefined ? undefined : redact(task.diff),
  }
}
