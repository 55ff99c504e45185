import type { Handler, Task } from '../resource/contract.ts'
import { stagesOf } from './stages.ts'
import { isSelected } from './tags.ts'

/** A task with its number on the host that carries it out: the order in which it is probed and applied. */
export interface PlannedTask extends Task {
  number: number
  /** In which stage of its play it runs: all hosts meet between two. */
  stage: number
}

/** The tasks of one play for one host. */
export interface Segment {
  host: string
  tasks: readonly PlannedTask[]
  handlers: readonly Handler[]
}

/** Which tasks are wanted, from the command line. */
export interface Selection {
  tags?: readonly string[] | undefined
  skipTags?: readonly string[] | undefined
}

/** The tasks that one host has in a play, as its playbook says. */
export interface Wishes {
  host: string
  tasks: readonly Task[]
}

/** Those of the tasks that the tags select. */
export function select(wishes: readonly Wishes[], { tags, skipTags }: Selection): Wishes[] {
  return wishes.map(({ host, tasks }) => ({
    host,
    tasks: tasks.filter((task) => isSelected(task.tags, tags, skipTags)),
  }))
}

/** Leaves a run-once task to the first host, and gives every task its stage and its number. */
export function toSegments(wishes: readonly Wishes[], counts: Map<string, number>): Segment[] {
  const stages = stagesOf(wishes.map(({ tasks }) => tasks))
  return wishes.map(({ host, tasks }, index) => {
    const planned = tasks.flatMap((task, position): PlannedTask[] => {
      if (task.runOnce && index > 0) return []
      const stage = stages[index]?.[position] ?? 0
      return [{ ...task, ...onOther(host, task), number: count(task.delegateTo ?? host), stage }]
    })
    return { host, tasks: planned, handlers: handlersOf(planned) }
  })

  function count(host: string): number {
    const next = (counts.get(host) ?? 0) + 1
    counts.set(host, next)
    return next
  }
}

/** A task that is delegated to its own host is not delegated. */
function onOther(host: string, { delegateTo }: Task): Pick<Task, 'delegateTo'> {
  return { delegateTo: delegateTo === host ? undefined : delegateTo }
}

/** Handlers in the order in which the play first names them, each once. */
function handlersOf(tasks: readonly Task[]): Handler[] {
  const byName = new Map(tasks.flatMap((task) => task.notify).map((handler) => [handler.name, handler]))
  return [...byName.values()]
}
