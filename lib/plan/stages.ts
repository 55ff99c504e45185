import type { Task } from '../resource/contract.ts'

/**
 * In which stage of its play each task runs: all hosts meet between two stages. What a host does for itself stands
 * in stages of its own; a task that runs once or on another host needs a meeting before and after it. Neighbours
 * that go to the same other host share a stage, and so a trip. A task with an errand has a stage for itself, and so has a
 * guarded one, since its guard is asked after all that came before it.
 *
 * @param lists the tasks of each host; a run-once task stands in all of them
 * @returns for each list the stages of its tasks, from 0 on
 */
export function stagesOf(lists: readonly (readonly Task[])[]): number[][] {
  const once = new Map<string, number>()
  let stages: number[][] = []
  let before = -1
  // A host that comes to a run-once task early waits for the others: that moves what follows it there.
  for (let round = 0; round <= lists.flat().length && before !== total(once); round += 1) {
    before = total(once)
    stages = lists.map((tasks) => walk(tasks, once))
  }
  return stages
}

function walk(tasks: readonly Task[], once: Map<string, number>): number[] {
  let stage = 0
  let company: string | undefined
  return tasks.map((task) => {
    const next = companyOf(task)
    if (next !== company || task.runOnce || task.errand || task.guard) stage += 1
    company = next
    if (task.runOnce) {
      stage = Math.max(stage, once.get(keyOf(task)) ?? 0)
      once.set(keyOf(task), stage)
    }
    return stage
  })
}

/** What runs beside it without a meeting. */
function companyOf(task: Task): string | undefined {
  if (task.runOnce) return `once ${keyOf(task)}`
  if (task.errand) return `errand ${keyOf(task)}`
  return task.delegateTo === undefined ? undefined : `on ${task.delegateTo}`
}

function keyOf({ kind, id }: Task): string {
  return `${kind}\0${id}`
}

function total(once: ReadonlyMap<string, number>): number {
  return [...once.values()].reduce((sum, stage) => sum + stage, 0)
}
