import type { z } from 'zod'
import { RunsheetError } from '../errors.ts'
import type { Plan, Verdict } from '../plan/index.ts'
import type { ExitCode, Report } from './events.ts'
import { type HostRun, startHost } from './host-run.ts'
import { type Interrupts, interruptSession } from './interrupt.ts'
import { limitSession } from './limits.ts'
import { refreshFacts } from './look-ahead.ts'
import { eachOf } from './pool.ts'
import type { Connect } from './run.ts'

export interface JudgeOptions {
  /** How many hosts are asked at once. */
  forks: number
  interrupts: Interrupts
  /** Waits until it is time to look again; false ends the run. */
  again: () => Promise<boolean>
}

/** Seconds. Somebody waits for the verdict: a host that is slower is silent. */
const PATIENCE = 60

/** The verdict of a run that was interrupted before it had one: UNKNOWN. */
const NONE: ExitCode = 3

/**
 * Asks all hosts the playbook's questions and tells its verdict, as often as is wanted. A host that was lost is logged
 * in on again at the next look.
 *
 * @returns the exit code of the last verdict
 * @throws RunsheetError where the playbook has no verdict
 */
export async function judge<Schema extends z.ZodType>(
  plan: Plan<Schema>,
  connect: Connect,
  options: JudgeOptions,
  report: Report,
): Promise<ExitCode> {
  const hosts = new Map<string, HostRun>()
  let exitCode = NONE
  try {
    do {
      const silent = await look(plan, connect, options, hosts)
      if (options.interrupts.soon.aborted) break
      const verdict = verdictOf(plan, hosts, silent)
      const trips = Object.fromEntries([...hosts].map(([name, { session }]) => [name, session.trips]))
      report({
        event: 'verdict',
        playbook: plan.playbook.name,
        time: new Date().toISOString(),
        ...verdict,
        trips,
      })
      exitCode = verdict.exitCode
    } while (await options.again())
    return exitCode
  } finally {
    await Promise.all([...hosts.values()].map(({ session }) => session.close()))
  }
}

/** @returns why a host gave no answer */
async function look<Schema extends z.ZodType>(
  plan: Plan<Schema>,
  connect: Connect,
  { forks, interrupts }: JudgeOptions,
  hosts: Map<string, HostRun>,
): Promise<Map<string, string>> {
  const silent = new Map<string, string>()
  await eachOf(plan.hosts, forks, async ({ name }) => {
    try {
      const host = hosts.get(name) ?? startHost(name, await open(name))
      hosts.set(name, host)
      await refreshFacts(plan, host)
    } catch (error) {
      if (!(error instanceof RunsheetError)) throw error
      silent.set(name, error.message)
      await hosts.get(name)?.session.close()
      hosts.delete(name)
    }
  })
  return silent

  async function open(name: string) {
    const limits = { look: PATIENCE, change: PATIENCE }
    return interruptSession(limitSession(await connect(name), name, limits), name, interrupts)
  }
}

function verdictOf<Schema extends z.ZodType>(
  { playbook, hosts }: Plan<Schema>,
  answered: ReadonlyMap<string, HostRun>,
  silent: ReadonlyMap<string, string>,
): Verdict {
  if (!playbook.verdict) throw new RunsheetError('E_UNEXPECTED', `${playbook.name} gives no verdict`)
  return playbook.verdict(
    hosts.flatMap((host) => {
      const facts = answered.get(host.name)?.facts
      return facts ? [{ ...host, facts }] : []
    }),
    hosts.flatMap((host) => {
      const why = silent.get(host.name)
      return why === undefined ? [] : [{ ...host, why }]
    }),
  )
}
