import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

/**
 * The number of the daemon that wrote this pid file, if it runs. Every daemon of the lab has the path of its pid
 * file among its arguments, so a number that meanwhile belongs to another program is recognised.
 */
export const daemonPid = (pidFile: string): number | undefined => {
  if (!existsSync(pidFile)) return undefined
  const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10)
  return pid > 1 && commandOf(pid).split('\0').includes(pidFile) ? pid : undefined
}

/** Waits until the daemon has ended. `limit` is in milliseconds; false if it runs on after that. */
export const waitForEnd = async (pidFile: string, limit: number): Promise<boolean> => {
  const end = Date.now() + limit
  while (daemonPid(pidFile) !== undefined) {
    if (Date.now() > end) return false
    await sleep(100)
  }
  return true
}

/** Ends the daemon, by force if it does not go within 5 s. */
export const stopDaemon = async (pidFile: string): Promise<void> => {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const pid = daemonPid(pidFile)
    if (pid === undefined) return
    process.kill(pid, signal)
    if (await waitForEnd(pidFile, 5000)) return
  }
}
