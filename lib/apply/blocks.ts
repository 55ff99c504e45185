import type { PlannedTask } from '../plan/index.ts'
import type { Block, Within } from '../resource/block.ts'

/** In which sections of which blocks something has failed on a host and nothing mended it. */
export type Failures = Map<Block, Set<Within['section']>>

/**
 * Notes a failure in the blocks around a task, outwards as far as it reaches.
 *
 * @param tasks all tasks of the play for the host
 * @returns the block whose rescue takes over; undefined when nothing does
 */
export function noteFailure(
  failures: Failures,
  task: PlannedTask,
  tasks: readonly PlannedTask[],
): Block | undefined {
  for (const { block, section } of task.within.toReversed()) {
    failures.set(block, (failures.get(block) ?? new Set()).add(section))
    if (section === 'tasks' && hasRescue(block, tasks)) return block
  }
  return undefined
}

/** A rescue whose tasks the command line has left out mends nothing. */
export function hasRescue(block: Block, tasks: readonly PlannedTask[]): boolean {
  return tasks.some(({ within }) => within.some((one) => one.block === block && one.section === 'rescue'))
}

/** Whether a task runs only after a failure. */
export function isRescue({ within }: PlannedTask): boolean {
  return within.some(({ section }) => section === 'rescue')
}

/** The blocks that have failed and whose rescue has succeeded. */
export function rescuedBlocks(failures: Failures, tasks: readonly PlannedTask[]): Block[] {
  return [...failures].flatMap(([block, failed]) =>
    failed.has('tasks') && !failed.has('rescue') && hasRescue(block, tasks) ? [block] : [],
  )
}

/** Why a task was passed over by the target. */
export function whyPassed(failures: Failures, { within }: PlannedTask): string {
  const idle = within.find(({ block, section }) => section === 'rescue' && !failures.get(block)?.has('tasks'))
  return idle ? `nothing failed in block '${idle.block.name}'` : 'an earlier task failed'
}
