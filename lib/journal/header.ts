import { readFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { z } from 'zod'

/** The first line of a journal: what was asked for, and by which process. It holds no values, and so no secrets. */
export const header = z.object({
  event: z.literal('run'),
  time: z.string(),
  run: z.string(),
  playbook: z.string(),
  /** The sources of the inventory, paths from the root. */
  inventory: z.array(z.string()),
  limit: z.string().optional(),
  startAtTask: z.string().optional(),
  /** Whether there were extra variables. They may be secret, and so they are not kept. */
  extraVars: z.boolean(),
  tags: z.array(z.string()).optional(),
  skipTags: z.array(z.string()).optional(),
  /** The run that this one resumes, and those that that one resumed. */
  resumes: z.array(z.string()),
  controller: z.object({ host: z.string(), user: z.string(), pid: z.number(), start: z.string() }),
})

export type Header = z.infer<typeof header>
/** What was asked for. */
export type Asked = Omit<Header, 'event' | 'time' | 'run' | 'controller'>

/** Names a new run of this process. Its id begins with the time, so that ids sort by it. */
export function newHeader(asked: Asked): Header {
  const time = new Date().toISOString()
  const run = `${time.replaceAll(/[-:.]/g, '')}-${process.pid}`
  const { username: user } = userInfo()
  const controller = { host: hostname(), user, pid: process.pid, start: startOf(process.pid) }
  return { event: 'run', time, run, ...asked, controller }
}

/** A line for people about who runs it. */
export function describeOwner({ controller: { user, host, pid }, playbook, time }: Header): string {
  return `${playbook} by ${user}@${host} process ${pid} since ${time}`
}

/** Whether the process of a run is still there; that of another machine cannot be seen from here. */
export function isAtWork({ controller: { host, pid, start } }: Header): boolean {
  return host === hostname() && start !== '' && startOf(pid) === start
}

/** Field 22 of /proc/PID/stat, see proc(5), so that a process id which was given again deceives nobody. */
function startOf(pid: number): string {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return fields[0] === 'Z' ? '' : `${fields[19]}`
  } catch {
    return processExists(pid) ? 'unknown' : ''
  }
}

/** Where there is no /proc, as on macOS. */
function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
