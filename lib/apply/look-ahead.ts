import type { z } from 'zod'
import type { Plan, PlannedTask, Segment } from '../plan/index.ts'
import { probeStep, readCondition, readProbe } from '../probe/look.ts'
import type { Frame } from '../shell/frames.ts'
import type { Step } from '../shell/step.ts'
import { isRescue } from './blocks.ts'
import { ask, type HostRun, toAnswer } from './host-run.ts'

/**
 * One round trip: the handlers still owed, the facts, and the probes of all plays. It holds as long as
 * nothing has changed on any host.
 */
export async function lookAhead<Schema extends z.ZodType>(plan: Plan<Schema>, host: HostRun): Promise<void> {
  const tasks = plan.plays.flatMap(({ segments }) => segments).flatMap((one) => tasksOn(host.name, one))
  const frames = await ask(host, [
    { kind: 'pending' },
    ...factSteps(plan, host.name),
    ...tasks.map(probeStep),
  ])
  for (const frame of frames) readFrame(host, tasks, frame)
}

/** What a host carries out of a segment, its own or another's. Nobody knows yet whether a rescue will be needed. */
export function tasksOn(host: string, segment: Segment): PlannedTask[] {
  return segment.tasks.filter((task) => (task.delegateTo ?? segment.host) === host && !isRescue(task))
}

/** The facts alone, after a change. */
export async function refreshFacts<Schema extends z.ZodType>(
  plan: Plan<Schema>,
  host: HostRun,
): Promise<void> {
  const frames = await ask(host, factSteps(plan, host.name))
  for (const frame of frames) readFrame(host, [], frame)
}

/** Looks at some tasks again, as `--diff` does before a play that follows a change. */
export async function lookAgain(host: HostRun, tasks: readonly PlannedTask[]): Promise<void> {
  for (const frame of await ask(host, tasks.map(probeStep))) readFrame(host, tasks, frame)
}

export function readFrame(host: HostRun, tasks: readonly PlannedTask[], frame: Frame): void {
  const [mark, name = ''] = frame.words
  const task = tasks.find(({ number }) => number === Number(name))
  const exitCode = Number(frame.words.at(-1))
  if (mark === 'pending') host.owed = new Set(frame.stdout.split('\n').filter(Boolean))
  if (mark === 'ask') host.facts[name] = toAnswer(frame)
  if (mark === 'when' && task) host.looks.set(task, readCondition(task, host.name, frame, exitCode))
  if (mark === 'probe' && task) host.looks.set(task, readProbe(task, host.name, frame, exitCode))
}

function factSteps<Schema extends z.ZodType>(plan: Plan<Schema>, name: string): Step[] {
  const host = plan.hosts.find((one) => one.name === name)
  const facts = host ? (plan.playbook.facts?.(host) ?? {}) : {}
  return Object.entries(facts).map(([fact, run]) => ({ kind: 'ask', name: fact, run }))
}
