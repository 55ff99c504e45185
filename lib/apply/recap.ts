import type { ExitCode } from './events.ts'
import type { Run } from './run.ts'

/** Says how the run has ended. */
export function finish(run: Run, names: readonly string[], started: number): ExitCode {
  for (const host of run.hosts.values()) host.recap.trips += host.session.trips
  const recaps = [...run.hosts.values()].map(({ name, recap }) => [name, recap] as const)
  const changed = recaps.reduce((sum, [, recap]) => sum + recap.changed + recap['would-change'], 0)
  const exitCode = exitCodeOf(run, names)
  const seconds = Math.round((performance.now() - started) / 100) / 10
  run.report({ event: 'recap', exitCode, changed, seconds, hosts: Object.fromEntries(recaps) })
  return exitCode
}

function exitCodeOf(run: Run, names: readonly string[]): ExitCode {
  if (run.refused) return 3
  const hosts = [...run.hosts.values()]
  const codes = hosts.map((host) => host.stopped?.code)
  if (codes.includes('E_REFUSED')) return 3
  if (codes.includes('E_CONNECTION_LOST') || codes.includes('E_TIMEOUT')) return 4
  const failed = run.ended || hosts.some((host) => host.stopped || host.recap.failed > 0)
  return failed || names.some((name) => !run.hosts.has(name)) ? 2 : 0
}
