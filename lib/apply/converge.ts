import type { z } from 'zod'
import { RunsheetError } from '../errors.ts'
import type { Plan, PlannedPlay } from '../plan/index.ts'
import { checkPlays } from './check.ts'
import { durably } from './durable.ts'
import type { ExitCode, Report } from './events.ts'
import { lookAhead } from './look-ahead.ts'
import { applyPlay } from './play.ts'
import { eachOf } from './pool.ts'
import { finish } from './recap.ts'
import { loseHost } from './record.ts'
import { mayDoSo } from './review.ts'
import { type Connect, newRun, type Run, type RunOptions } from './run.ts'
import { askFactsAgain, delegates, knownHosts, settle, settleAgain } from './settle.ts'

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
    error: new RunsheetError('E_REFUSED', `the run does not begin:\n${list}`),
  })
  return false
}

async function work<Schema extends z.ZodType>(run: Run, plan: Plan<Schema>): Promise<void> {
  const foreword = plan.playbook.foreword?.(knownHosts(run, plan)) ?? []
  if (foreword.length > 0) run.report({ event: 'foreword', lines: foreword })
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
