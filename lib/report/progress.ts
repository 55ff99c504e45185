import type { RunEvent } from '../apply/events.ts'
import { redact } from '../secret.ts'

/** The last lines of a terminal, which say what each host is doing and since when; silent elsewhere. */
export interface Progress {
  follow: (event: RunEvent) => void
  /** Takes the lines away, so that other text can be written. */
  clear: () => void
  stop: () => void
}

/** What is known of one host while a run goes on. */
export interface HostProgress {
  /** Tasks that have ended, and those of them that changed something. */
  done: number
  changed: number
  /** The task in hand, when it began, in milliseconds, and how far it is; undefined while the host waits for others. */
  doing: { name: string; since: number; far?: string | undefined } | undefined
}

const SILENT: Progress = { follow: () => {}, clear: () => {}, stop: () => {} }

/** Redraws are log-update's work: it knows of widths, wrapped lines and the cursor. It is loaded for a terminal alone. */
export async function startProgress(stream: NodeJS.WriteStream, still: boolean): Promise<Progress> {
  if (!stream.isTTY || still) return SILENT
  const { createLogUpdate } = await import('log-update')
  const view = createLogUpdate(stream)
  const hosts = new Map<string, HostProgress>()
  const draw = () => view(redact(describeProgress(hosts, Date.now(), stream)))
  const timer = setInterval(draw, 1000)
  timer.unref()
  return {
    follow: (event) => {
      note(hosts, event)
      draw()
    },
    clear: () => view.clear(),
    stop: () => {
      clearInterval(timer)
      view.clear()
      view.done()
    },
  }
}

function note(hosts: Map<string, HostProgress>, event: RunEvent): void {
  if (event.event === 'start')
    for (const name of event.hosts) hosts.set(name, { done: 0, changed: 0, doing: undefined })
  if (event.event === 'play') for (const host of hosts.values()) host.doing = undefined
  if (event.event === 'recap') hosts.clear()
  const host = 'host' in event ? hosts.get(event.host) : undefined
  if (!host) return
  if (event.event === 'working') {
    const since = event.far === undefined ? undefined : host.doing?.since
    host.doing = { name: event.name, since: since ?? Date.now(), far: event.far }
  }
  if (event.event !== 'task') return
  host.done += 1
  if (event.outcome === 'changed') host.changed += 1
}

/**
 * One line a host, those at work first; half of the screen at most.
 *
 * @param now in milliseconds
 * @param size columns and rows of the terminal
 */
export function describeProgress(
  hosts: ReadonlyMap<string, HostProgress>,
  now: number,
  { columns = 80, rows = 24 }: { columns?: number; rows?: number },
): string {
  const all = [...hosts].sort(([, a], [, b]) => Number(!a.doing) - Number(!b.doing))
  const shown = all.slice(0, Math.max(1, Math.floor(rows / 2) - 1))
  const width = Math.max(0, ...shown.map(([name]) => name.length))
  const lines = shown.map(([name, host]) =>
    `${name.padEnd(width)}  ${describeHost(host, now)}`.slice(0, columns - 1),
  )
  const rest = all.slice(shown.length)
  const working = rest.filter(([, { doing }]) => doing).length
  return [...lines, ...(rest.length > 0 ? [`and ${rest.length} more hosts, ${working} at work`] : [])].join(
    '\n',
  )
}

function describeHost({ done, changed, doing }: HostProgress, now: number): string {
  const counts = `${String(done).padStart(4)} done ${String(changed).padStart(3)} changed`
  if (!doing) return counts
  const far = doing.far === undefined ? '' : `  ${doing.far}`
  return `${counts}  ${doing.name}${far}  ${Math.round((now - doing.since) / 1000)} s`
}
