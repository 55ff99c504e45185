import type { Task } from './contract.ts'

/** Tasks that fail together: what one of them breaks, `rescue` may mend, and `always` follows in any case. */
export interface Block {
  name: string
}

/** The part of a block in which a task stands. */
export interface Within {
  block: Block
  section: 'tasks' | 'rescue' | 'always'
}

/** The sections of a block, in the order in which they run. */
export interface Sections {
  tasks: readonly Task[]
  /** Runs only after a task of `tasks` has failed. If it succeeds, the host goes on behind the block. */
  rescue?: readonly Task[]
  /** Runs in any case, but not over a connection that was lost. */
  always?: readonly Task[]
}

/**
 * Groups tasks. All of it still travels in one batch: the target itself goes on with the rescue.
 *
 * @example [...block('new release', { tasks: [install, start], rescue: [startOld], always: [addToPool] }), report]
 */
export function block(name: string, sections: Sections, options: { tags?: readonly string[] } = {}): Task[] {
  const { tasks, rescue = [], always = [] } = sections
  const own: Block = { name }
  const place = (section: Within['section'], members: readonly Task[]) =>
    members.map((task) => ({
      ...task,
      tags: [...task.tags, ...(options.tags ?? [])],
      within: [{ block: own, section }, ...task.within],
    }))
  return [...place('tasks', tasks), ...place('rescue', rescue), ...place('always', always)]
}
