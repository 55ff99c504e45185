import { fileURLToPath } from 'node:url'
import type { Place } from '../errors.ts'

const ENGINE = fileURLToPath(new URL('..', import.meta.url))

/** The line outside the engine that a stack leads to: the line of the playbook. */
export function callerPlace(stack = new Error().stack ?? ''): Place | undefined {
  for (const frame of stack.split('\n').slice(1)) {
    const place = readFrame(frame)
    if (place && !place.file.startsWith(ENGINE) && !place.file.includes('/node_modules/')) return place
  }
  return undefined
}

/** `at name (file:///path:line:column)`; a runner of tests leaves `file://` out. */
function readFrame(frame: string): Place | undefined {
  const [, url, line, column] = /[ (]((?:file:\/\/)?\/[^()]+):(\d+):(\d+)\)?$/.exec(frame) ?? []
  if (url === undefined) return undefined
  const file = url.startsWith('file:') ? fileURLToPath(url) : url
  return { file, line: Number(line), column: Number(column) }
}
