import { readFileSync, rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const GONE = ['ENOENT', 'ESRCH']

/** What `look` finds, or `otherwise` when it comes too late: a program that ends takes its files with it. */
const unlessGone = <T>(look: () => T, otherwise: T): T => {
  try {
    return look()
  } catch (error) {
    if (GONE.includes((error as NodeJS.ErrnoException).code ?? '')) return otherwise
    throw error
  }
}

const contentOf = (file: string): string => unlessGone(() => readFileSync(file, 'utf8'), '')

/**
 * The number of the daemon that wrote this pid file, if it runs. Every daemon of the lab has the path of its pid
 * file among its arguments, so a number that meanwhile belongs to another program is recognised.
 */
export const daemonPid = (pidFile: string): number | undefined => {
  const pid = Number.parseInt(contentOf(pidFile), 10)
  return pid > 1 && contentOf(`/proc/${pid}/cmdline`).split('\0').includes(pidFile) ? pid : undefined
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
  unlessGone(() => process.kill(pid, signal), false)
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
