import type { z } from 'zod'
import { RunsheetError } from '../errors.ts'
import type { Plan, PlannedPlay } from '../plan/index.ts'
import type { Session } from '../transport/session.ts'
import { checkPlays } from './check.ts'
import { type Durability, durably } from './durable.ts'
import type { ExitCode, Report } from './events.ts'
import { type HostRun, startHost } from './host-run.ts'
import { lookAhead } from './look-ahead.ts'
import type { PlanFile } from './plan-file.ts'
import { applyPlay } from './play.ts'
import { eachOf } from './pool.ts'
import { loseHost } from './record.ts'
import { mayDoSo } from './review.ts'
import { askFactsAgain, delegates, knownHosts, settle, settleAgain } from './settle.ts'
import type { Confirm } from './step.ts'

export interface RunOptions extends Durability {
  diff: boolean
  /** How many hosts are worked on at once. */
  forks: number
  /** Takes the plan of what the run would do, and nothing is done. */
  onPlan?: ((plan: PlanFile) => void) | undefined
  /** The run is refused if it would do anything else than this. */
  planned?: PlanFile | undefined
  /** Asks before each task that would change something. */
  confirm?: Confirm | undefined
}

/** Opens the one persistent shell of a host. */
export type Connect = (host: string) => Promise<Session>

/** What all stages of one run share. */
export interface Run {
  options: RunOptions
  report: Report
  hosts: Map<string, HostRun>
  /** Any host, also one outside the limit that a guard must ask; undefined when it cannot be reached. */
  reach: (name: string) => Promise<HostRun | undefined>
  /** Opens another session, after a host has ended the one before. */
  connect: Connect
  /** Something may have changed on some host: what was seen before no longer counts. */
  dirty: boolean
  refused: boolean
  /** A play was stopped before its end: nothing follows it. */
  ended: boolean
  /** As long as a person wants to be asked; one host at a time is worked on then. */
  confirm: Confirm | undefined
}

/** Looks at all hosts, converges them play by play, and says how it ended. */
export async function converge<Schema extends z.ZodType>(
  plan: Plan<Schema>,
  connect: Connect,
  options: RunOptions,
  report: Report,
): Promise<ExitCode> {
  const started = performance.now()
  const run = newRun(durably(connect, options), options, report)
  const names = plan.hosts.map(({ name }) => name)
  report({
    event: 'start',
    playbook: plan.playbook.name,
    mode: options.check ? 'check' : 'apply',
    hosts: names,
  })
  try {
    await eachOf([...new Set([...names, ...delegates(plan.plays)])], options.forks, (name) =>
      begin(run, plan, name),
    )
    if (mayGoOn(run, plan) && passesPreflight(run, plan)) await work(run, plan)
    return finish(run, names, started)
  } finally {
    await Promise.all([...run.hosts.values()].map((host) => host.session.close()))
  }
}

function newRun(connect: Connect, options: RunOptions, report: Report): Run {
  const run: Run = {
    options,
    report,
    hosts: new Map(),
    reach,
    connect,
    dirty: false,
    refused: false,
    ended: false,
    confirm: options.confirm,
  }
  return run

  async function reach(name: string): Promise<HostRun | undefined> {
    const known = run.hosts.get(name)
    if (known) return known.stopped ? undefined : known
    try {
      const host = startHost(name, await connect(name))
      run.hosts.set(name, host)
      return host
    } catch (error) {
      if (!(error instanceof RunsheetError)) throw error
      report({ event: 'error', error })
      return undefined
    }
  }
}

async function begin<Schema extends z.ZodType>(run: Run, plan: Plan<Schema>, name: string): Promise<void> {
  const host = await run.reach(name)
  if (!host) return
  try {
    await lookAhead(plan, host)
  } catch (error) {
    loseHost(run, host, error)
  }
}

/** In a cluster one host's failure ends the run for all; elsewhere the others go on. */
function mayGoOn<Schema extends z.ZodType>(run: Run, plan: Plan<Schema>): boolean {
  if (run.refused || run.ended) return false
  const working = plan.hosts.filter(({ name }) => run.hosts.has(name) && !run.hosts.get(name)?.stopped)
  return plan.playbook.anyErrorsFatal ? working.length === plan.hosts.length : working.length > 0
}

function passesPreflight<Schema extends z.ZodType>(run: Run, plan: Plan<Schema>): boolean {
  const reasons = plan.playbook.preflight?.(knownHosts(run, plan)) ?? []
  if (reasons.length === 0) return true
  run.refused = true
  const list = reasons.map((reason) => `- ${reason}`).join('\n')
  run.report({
    event: 'error',
    error: new RunsheetError('E_REFUSED', `the hosts are not as the inventory says:\n${list}`),
  })
  return false
}

async function work<Schema extends z.ZodType>(run: Run, plan: Plan<Schema>): Promise<void> {
  const plays = await settle(run, plan)
  if (run.ended || !mayDoSo(run, plan, plays)) return
  if (run.options.check) await checkPlays(run, plays)
  else if (!(await applyPlays(run, plan, plays))) return
  const { facts, conclusion } = plan.playbook
  if (run.dirty && facts && conclusion) await askFactsAgain(run, plan)
  const lines = conclusion?.(knownHosts(run, plan)) ?? []
  if (lines.length > 0) run.report({ event: 'conclusion', lines })
}

async function applyPlays<Schema extends z.ZodType>(
  run: Run,
  plan: Plan<Schema>,
  plays: readonly PlannedPlay[],
): Promise<boolean> {
  for (const [index, seen] of plays.entries()) {
    const play = seen.late && run.dirty ? await settleAgain(run, plan, index) : seen
    if (!play) return false
    run.report({ event: 'play', play: play.name, hosts: play.segments.map(({ host }) => host) })
    await applyPlay(run, play)
    if (!mayGoOn(run, plan)) return false
  }
  return true
}

function finish(run: Run, names: readonly string[], started: number): ExitCode {
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
