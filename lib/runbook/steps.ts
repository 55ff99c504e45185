import { batchesOf, type PlannedPlay, type PlannedTask, type Segment } from '../plan/index.ts'

/** A task, for a host, and the host that carries it out: another one where it is delegated. */
export interface Assignment {
  host: string
  on: string
  task: PlannedTask
}

/** One thing that is wished of several hosts, at one place of a play. */
export interface Step {
  kind: string
  id: string
  /** In the order of the hosts. */
  tasks: Assignment[]
}

/** Some hosts of a play and their steps: the next batch begins when this one is done. */
export interface Batch {
  segments: readonly Segment[]
  steps: readonly Step[]
}

export function toBatches({ segments, serial }: PlannedPlay): Batch[] {
  return batchesOf(segments, serial).map((batch) => ({ segments: batch, steps: stepsOf(batch) }))
}

/** All hosts meet between two stages. */
function stepsOf(segments: readonly Segment[]): Step[] {
  const stages = segments.flatMap(({ tasks }) => tasks.map(({ stage }) => stage))
  return [...new Set(stages)]
    .sort((left, right) => left - right)
    .flatMap((stage) =>
      mergeTasks(
        segments.map(({ host, tasks }) => ({ host, tasks: tasks.filter((task) => task.stage === stage) })),
      ),
    )
}

/** Puts the tasks of several hosts into one order that keeps the order of each. */
function mergeTasks(lists: readonly Pick<Segment, 'host' | 'tasks'>[]): Step[] {
  const steps: Step[] = []
  for (const { host, tasks } of lists) {
    let at = 0
    for (const task of tasks) {
      const found = steps.findIndex((step, index) => index >= at && isOf(step, host, task))
      if (found === -1) steps.splice(at, 0, { kind: task.kind, id: task.id, tasks: [] })
      const index = found === -1 ? at : found
      steps[index]?.tasks.push({ host, on: task.delegateTo ?? host, task })
      at = index + 1
    }
  }
  return steps
}

/** A rescue may wish the same again in another section of its block: that is another step. */
function isOf({ kind, id, tasks }: Step, host: string, task: PlannedTask): boolean {
  const section = ({ within }: PlannedTask) => within.map(({ section }) => section).join(' ')
  const [first] = tasks
  return (
    kind === task.kind &&
    id === task.id &&
    tasks.every((one) => one.host !== host && section(one.task) === section(task)) &&
    first?.task.name === task.name
  )
}

/** The members that share a text, in the order in which they come. */
export function groupBy<Member>(
  members: readonly Member[],
  textOf: (member: Member) => string,
): [Member, ...Member[]][] {
  const groups = new Map<string, [Member, ...Member[]]>()
  for (const member of members) {
    const group = groups.get(textOf(member))
    if (group) group.push(member)
    else groups.set(textOf(member), [member])
  }
  return [...groups.values()]
}
