import type { RunEvent } from '../apply/events.ts'
import { redact } from '../secret.ts'

/** A last line on a terminal that says what each host is doing and since when; silent elsewhere. */
export interface Progress {
  follow: (event: RunEvent) => void
  /** Takes the line away, so that other text can be written. */
  clear: () => void
  stop: () => void
}

export function startProgress(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) return { follow: () => {}, clear: () => {}, stop: () => {} }
  const doing = new Map<string, { name: string; since: number }>()
  const draw = () => stream.write(`\r\x1b[K${redact(describe(doing)).slice(0, stream.columns - 1)}`)
  const timer = setInterval(draw, 1000)
  timer.unref()
  return {
    follow: (event) => {
      if (event.event === 'working') doing.set(event.host, { name: event.name, since: Date.now() })
      if (event.event === 'play' || event.event === 'recap') doing.clear()
      draw()
    },
    clear: () => stream.write('\r\x1b[K'),
    stop: () => {
      clearInterval(timer)
      stream.write('\r\x1b[K')
    },
  }
}

function describe(doing: ReadonlyMap<string, { name: string; since: number }>): string {
  return [...doing]
    .map(([host, { name, since }]) => `${host}: ${name} ${Math.round((Date.now() - since) / 1000)} s`)
    .join(' | ')
}
