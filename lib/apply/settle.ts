import type { z } from 'zod'
import { RunsheetError } from '../errors.ts'
import type { KnownHost, Plan, PlannedPlay } from '../plan/index.ts'
import type { HostRun } from './host-run.ts'
import { lookAgain, refreshFacts, tasksOn } from './look-ahead.ts'
import { eachOf } from './pool.ts'
import { loseHost } from './record.ts'
import type { Run } from './run.ts'

/** Makes the plays that are made from facts, and looks at their tasks in one more round trip. */
export async function settle<Schema extends z.ZodType>(
  run: Run,
  plan: Plan<Schema>,
): Promise<readonly PlannedPlay[]> {
  const plays = make(run, plan)
  const late = plays.filter((play) => play.late)
  await eachOf(delegates(late), run.options.forks, async (name) => void (await run.reach(name)))
  await onWorking(run, async (host) => {
    const tasks = late.flatMap(({ segments }) => segments).flatMap((one) => tasksOn(host.name, one))
    if (tasks.length > 0) await lookAgain(host, tasks)
  })
  return plays
}

/** Makes one of them again after a change, from what the hosts say now; undefined where its tasks are wrong. */
export async function settleAgain<Schema extends z.ZodType>(
  run: Run,
  plan: Plan<Schema>,
  index: number,
): Promise<PlannedPlay | undefined> {
  await askFactsAgain(run, plan)
  const play = make(run, plan)[index]
  if (play) await eachOf(delegates([play]), run.options.forks, async (name) => void (await run.reach(name)))
  return play
}

export function askFactsAgain<Schema extends z.ZodType>(run: Run, plan: Plan<Schema>): Promise<void> {
  return onWorking(run, (host) => refreshFacts(plan, host))
}

/** Hosts that do something for others. */
export function delegates(plays: readonly PlannedPlay[]): string[] {
  const tasks = plays.flatMap(({ segments }) => segments).flatMap((segment) => segment.tasks)
  return [...new Set(tasks.flatMap(({ delegateTo }) => delegateTo ?? []))]
}

/** The hosts of the run with what they have answered. */
export function knownHosts<Schema extends z.ZodType>(
  run: Run,
  plan: Plan<Schema>,
): KnownHost<z.infer<Schema>>[] {
  return plan.hosts.flatMap((host) => {
    const facts = run.hosts.get(host.name)?.facts
    return facts ? [{ ...host, facts }] : []
  })
}

function make<Schema extends z.ZodType>(run: Run, plan: Plan<Schema>): readonly PlannedPlay[] {
  try {
    return plan.settle?.(knownHosts(run, plan)) ?? plan.plays
  } catch (error) {
    if (!(error instanceof RunsheetError)) throw error
    run.ended = true
    run.report({ event: 'error', error })
    return []
  }
}

function onWorking(run: Run, work: (host: HostRun) => Promise<void>): Promise<void> {
  const hosts = [...run.hosts.values()].filter((host) => !host.stopped)
  return eachOf(hosts, run.options.forks, async (host) => {
    try {
      await work(host)
    } catch (error) {
      loseHost(run, host, error)
    }
  })
}
