import { fileURLToPath } from 'node:url'
import type { Place } from '../errors.ts'

const ENGINE = new URL('..', import.meta.url).href

/** The line outside the engine that called it: the line of the playbook. */
export function callerPlace(): Place | undefined {
  for (const frame of (new Error().stack ?? '').split('\n').slice(1)) {
    const found = /(file:\/\/[^)]+):(\d+):(\d+)\)?$/.exec(frame)
    if (found && !found[1]?.startsWith(ENGINE)) return toPlace(found)
  }
  return undefined
}

function toPlace([, url = '', line, column]: RegExpExecArray): Place {
  return { file: fileURLToPath(url), line: Number(line), column: Number(column) }
}
