import { RunsheetError } from '../errors.ts'
import type { PlannedTask } from '../plan/index.ts'
import { probeStep } from '../probe/look.ts'
import type { Answer, Evidence, Guard } from '../resource/contract.ts'
import type { Step } from '../shell/step.ts'
import { ask, type HostRun, toAnswer } from './host-run.ts'
import { readFrame } from './look-ahead.ts'

/** A task that its guard does not let run. */
export interface Refusal {
  host: string
  task: PlannedTask
  reasons: string[]
}

/** Guarded tasks by the host that they would change. */
export type GuardedTasks = ReadonlyMap<HostRun, readonly PlannedTask[]>

/**
 * Looks at guarded tasks and at once asks every host concerned what its guard wants to know: one round trip
 * each. `reach` gives a host that is not part of the run, or undefined where it cannot be reached. Nobody is asked
 * before all are reached: a login may take long, and an answer would age meanwhile.
 *
 * @returns why the tasks that differ must not run; empty when all may
 */
export async function consultGuards(
  guarded: GuardedTasks,
  reach: (name: string) => Promise<HostRun | undefined>,
): Promise<Refusal[]> {
  const guards = [...new Set([...guarded.values()].flat().map((task) => task.guard as Guard))]
  const names = new Set([
    ...[...guarded.keys()].map((host) => host.name),
    ...guards.flatMap((guard) => guard.hosts),
  ])
  const reached = await Promise.all([...names].map(reach))
  const answers = new Map([...names].map((name) => [name, new Map<string, Answer>()]))
  await Promise.all(
    reached.map(async (host) => {
      if (host) answers.set(host.name, await askOrNothing(host, guarded.get(host) ?? [], guards))
    }),
  )
  return [...guarded].flatMap(([host, tasks]) =>
    tasks.filter((task) => differs(host, task)).flatMap((task) => judge(host.name, task, guards, answers)),
  )
}

/** A host that is lost while it is asked has given no evidence, which is a refusal. */
async function askOrNothing(
  host: HostRun,
  tasks: readonly PlannedTask[],
  guards: readonly Guard[],
): Promise<Map<string, Answer>> {
  try {
    return await askOne(host, tasks, guards)
  } catch (error) {
    if (!(error instanceof RunsheetError)) throw error
    host.stopped = error
    host.gone = true
    return new Map()
  }
}

async function askOne(
  host: HostRun,
  tasks: readonly PlannedTask[],
  guards: readonly Guard[],
): Promise<Map<string, Answer>> {
  const questions: Step[] = guards.flatMap((guard, index) =>
    guard.hosts.includes(host.name)
      ? Object.entries(guard.ask).map(([name, run]): Step => ({ kind: 'ask', name: `${index}.${name}`, run }))
      : [],
  )
  const answers = new Map<string, Answer>()
  for (const frame of await ask(host, [...tasks.map(probeStep), ...questions])) {
    if (frame.words[0] === 'ask') answers.set(frame.words[1] ?? '', toAnswer(frame))
    else readFrame(host, tasks, frame)
  }
  return answers
}

function differs(host: HostRun, task: PlannedTask): boolean {
  const look = host.looks.get(task)
  return look?.is !== 'same' && look?.is !== 'skipped'
}

function judge(
  host: string,
  task: PlannedTask,
  guards: readonly Guard[],
  answers: ReadonlyMap<string, ReadonlyMap<string, Answer>>,
): Refusal[] {
  const guard = task.guard as Guard
  const index = guards.indexOf(guard)
  const evidence: Evidence = new Map(
    [...answers].map(([name, all]) => [name, Object.fromEntries(answersTo(all, `${index}.`))]),
  )
  const silent = guard.hosts.filter((name) => !answeredAll(guard, evidence.get(name)))
  const reasons = silent.map((name) => `${name} gave no evidence; what cannot be asked is taken to hold data`)
  if (reasons.length === 0) reasons.push(...guard.refuse(evidence, host))
  return reasons.length === 0 ? [] : [{ host, task, reasons }]
}

function answersTo(all: ReadonlyMap<string, Answer>, prefix: string): [string, Answer][] {
  return [...all]
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, answer]) => [name.slice(prefix.length), answer])
}

function answeredAll(guard: Guard, answers: Readonly<Record<string, Answer>> | undefined): boolean {
  return answers !== undefined && Object.keys(guard.ask).every((question) => answers[question] !== undefined)
}

export function refusalError({ host, task, reasons }: Refusal): RunsheetError {
  return new RunsheetError(
    'E_REFUSED',
    `${task.name} on ${host} is refused:\n${reasons.map((why) => `- ${why}`).join('\n')}`,
    {
      radius: 'run',
      ...(task.place && { place: task.place }),
    },
  )
}
