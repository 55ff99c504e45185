import { existsSync, readFileSync, rmSync } from 'node:fs'
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

const signalDaemon = async (pidFile: string, signal: NodeJS.Signals): Promise<void> => {
  const pid = daemonPid(pidFile)
  if (pid === undefined) return
  process.kill(pid, signal)
  await waitForEnd(pidFile, 5000)
}

/**
 * Ends the daemon, by force if it does not go within 5 s, and removes its pid file: a switch does not start
 * beside one that an earlier switch left when it was killed.
 */
export const stopDaemon = async (pidFile: string): Promise<void> => {
  await signalDaemon(pidFile, 'SIGTERM')
  await signalDaemon(pidFile, 'SIGKILL')
  rmSync(pidFile, { force: true })
}
