import { type ChildProcess, spawn } from 'node:child_process'
import type { RunEvent } from '../../lib/apply/index.ts'

/** The program of a person: the playbook in a process of its own, from the build. */
export interface Controller {
  process: ChildProcess
  /** What it has told so far. */
  events: () => RunEvent[]
  /** The exit code, or the signal that killed it, and what it wrote on stderr. */
  ended: Promise<{ code: number | string | null; stderr: string }>
}

const PLAYBOOK = new URL('playbook.mjs', import.meta.url).pathname

/** @param state where it keeps its journals */
export function startController(state: string, ...args: string[]): Controller {
  const child = spawn(process.execPath, [PLAYBOOK, '--json', ...args], {
    env: { ...process.env, XDG_STATE_HOME: state },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk
  })
  const ended = new Promise<{ code: number | string | null; stderr: string }>((resolve) => {
    child.on('close', (code, signal) => resolve({ code: code ?? signal, stderr }))
  })
  // A killed process may leave half a line.
  const whole = () => stdout.slice(0, stdout.lastIndexOf('\n') + 1)
  const events = () =>
    whole()
      .split('\n')
      .filter(Boolean)
      .map((line): RunEvent => JSON.parse(line))
  return { process: child, events, ended }
}
