import { spawnSync } from 'node:child_process'

/** How a program of the controller ended. */
export interface ProgramEnd {
  /** Undefined where it could not be started or was killed: `reason` says why. */
  exitCode: number | undefined
  stdout: string
  stderr: string
  reason: string | undefined
}

/** The most, in bytes, that a program may print: what more is kept would only fill the memory. */
const MOST = 256 * 1024 * 1024

/** Runs a program of the controller to its end, without a terminal. For inventories and secrets, not for hosts. */
export function runProgram(program: string, args: readonly string[], folder: string): ProgramEnd {
  const { status, signal, error, stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: MOST,
  })
  const reason = error?.message ?? (signal ? `it was killed by ${signal}` : undefined)
  return { exitCode: status ?? undefined, stdout: stdout ?? '', stderr: stderr ?? '', reason }
}
