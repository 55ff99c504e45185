import type { RunEvent } from '../apply/events.ts'
import type { RunsheetError } from '../errors.ts'
import { redactedJson } from '../secret.ts'

/** One event as one line of JSON, its texts redacted; undefined for what only a person who watches wants to know. */
export function toJsonLine(event: RunEvent): string | undefined {
  if (event.event === 'working') return undefined
  return redactedJson(event.event === 'error' ? { event: 'error', ...plain(event.error) } : event)
}

function plain({ code, message, details: { cause: _, ...details } }: RunsheetError): object {
  return { code, message, ...details }
}
