import type { z } from 'zod'
import { RunsheetError } from '../errors.ts'
import type { KnownHost, Plan } from '../plan/index.ts'
import type { Session } from '../transport/session.ts'
import { checkPlays } from './check.ts'
import type { ExitCode, Report } from './events.ts'
import { type HostRun, startHost } from './host-run.ts'
import { lookAhead, refreshFacts } from './look-ahead.ts'
import { departures, describeRun, type PlanFile } from './plan-file.ts'
import { applyPlay } from './play.ts'
import { eachOf } from './pool.ts'

export interface RunOptions {
  check: boolean
  diff: boolean
  /** How many hosts are worked on at once. */
  forks: number
  /** Takes the plan of what the run would do, and nothing is done. */
  onPlan?: ((plan: PlanFile) => void) | undefined
  /** The run is refused if it would do anything else than this. */
  planned?: PlanFile | undefined
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
  /** Something may have changed on some host: what was seen before no longer counts. */
  dirty: boolean
  refused: boolean
  /** A play was stopped before its end: nothing follows it. */
  ended: boolean
}

/** Looks at all hosts, converges them play by play, and says how it ended. */
export async function converge<Schema extends z.ZodType>(
  plan: Plan<Schema>,
  connect: Connect,
  options: RunOptions,
  report: Report,
): Promise<ExitCode> {
  const started = performance.now()
  const run = newRun(connect, options, report)
  const names = plan.hosts.map(({ name }) => name)
  report({
    event: 'start',
    playbook: plan.playbook.name,
    mode: options.check ? 'check' : 'apply',
    hosts: names,
  })
  try {
    await eachOf([...new Set([...names, ...delegates(plan)])], options.forks, (name) =>
      begin(run, plan, name),
    )
    if (mayGoOn(run, plan) && passesPreflight(run, plan)) await work(run, plan)
    return finish(run, names, started)
  } finally {
    await Promise.all([...run.hosts.values()].map((host) => host.session.close()))
  }
}

/** Hosts that do something for others. */
function delegates(plan: Plan): string[] {
  const tasks = plan.plays.flatMap(({ segments }) => segments).flatMap((segment) => segment.tasks)
  return tasks.flatMap(({ delegateTo }) => delegateTo ?? [])
}

function newRun(connect: Connect, options: RunOptions, report: Report): Run {
  const run: Run = { options, report, hosts: new Map(), reach, dirty: false, refused: false, ended: false }
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
    stop(run, host, error)
  }
}

function stop(run: Run, host: HostRun, error: unknown): void {
  if (!(error instanceof RunsheetError)) throw error
  host.stopped = error
  host.gone = true
  run.report({ event: 'error', error })
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
  if (run.options.onPlan || run.options.planned) {
    const now = describeRun(run, plan)
    if (!isComplete(run, plan) || !isAsPlanned(run, now)) return
    run.options.onPlan?.(now)
  }
  if (run.options.check) await checkPlays(run, plan.plays)
  else if (!(await applyPlays(run, plan))) return
  const { facts, conclusion } = plan.playbook
  if (run.dirty && facts && conclusion)
    await eachOf(working(run), run.options.forks, (host) => refreshFacts(plan, host))
  const lines = conclusion?.(knownHosts(run, plan)) ?? []
  if (lines.length > 0) run.report({ event: 'conclusion', lines })
}

/** Without a word of every host a plan would promise too little. */
function isComplete(run: Run, plan: Plan): boolean {
  const silent = plan.hosts.filter(({ name }) => run.hosts.get(name)?.gone ?? true).map(({ name }) => name)
  if (silent.length === 0) return true
  refuse(
    run,
    `there is no plan without ${silent.join(' and ')}`,
    'Mend the connection, or leave the host out with --limit.',
  )
  return false
}

function isAsPlanned(run: Run, now: PlanFile): boolean {
  const reasons = run.options.planned ? departures(run.options.planned, now) : []
  if (reasons.length === 0) return true
  const list = reasons.map((reason) => `- ${reason}`).join('\n')
  refuse(
    run,
    `the run would not do what was planned:\n${list}`,
    'Make a new plan with --plan FILE, and read it.',
  )
  return false
}

function refuse(run: Run, message: string, hint: string): void {
  run.refused = true
  run.report({ event: 'error', error: new RunsheetError('E_REFUSED', message, { radius: 'run', hint }) })
}

async function applyPlays<Schema extends z.ZodType>(run: Run, plan: Plan<Schema>): Promise<boolean> {
  for (const play of plan.plays) {
    run.report({ event: 'play', play: play.name, hosts: play.segments.map(({ host }) => host) })
    await applyPlay(run, play)
    if (!mayGoOn(run, plan)) return false
  }
  return true
}

function knownHosts<Schema extends z.ZodType>(run: Run, plan: Plan<Schema>): KnownHost<z.infer<Schema>>[] {
  return plan.hosts.flatMap((host) => {
    const facts = run.hosts.get(host.name)?.facts
    return facts ? [{ ...host, facts }] : []
  })
}

function working(run: Run): HostRun[] {
  return [...run.hosts.values()].filter((host) => !host.stopped)
}

function finish(run: Run, names: readonly string[], started: number): ExitCode {
  for (const host of run.hosts.values()) host.recap.trips = host.session.trips
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
  if (codes.includes('E_CONNECTION_LOST')) return 4
  const failed = run.ended || hosts.some((host) => host.stopped || host.recap.failed > 0)
  return failed || names.some((name) => !run.hosts.has(name)) ? 2 : 0
}
