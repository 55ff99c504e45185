import type { Problem } from '../errors.ts'
import { serialProblems } from './batches.ts'
import { combinationProblems } from './combinations.ts'
import type { PlannedPlay } from './plan-plays.ts'
import type { Segment } from './segments.ts'

/** What is wrong with a play and its tasks, found before any host is contacted. */
export function checkPlay({ name, serial, maxFailPercentage, segments }: PlannedPlay): Problem[] {
  const own = serialProblems(serial)
  if (!(maxFailPercentage >= 0 && maxFailPercentage <= 100)) {
    own.push(`maxFailPercentage ${maxFailPercentage} is not between 0 and 100`)
  }
  return [
    ...own.map((message) => ({ message: `play '${name}': ${message}` })),
    ...segments.flatMap((segment) => [...wishes(segment), ...twice(segment)]),
    ...mixedGuards(name, segments),
  ]
}

function wishes({ tasks }: Segment): Problem[] {
  return tasks.flatMap((task) =>
    [...task.problems, ...combinationProblems(task)].map((message) => ({
      message: `${task.name}: ${message}`,
      ...(task.place && { place: task.place }),
    })),
  )
}

/** Two wishes about one thing would undo each other in every run; a rescue or a clean-up is meant to. */
function twice({ tasks }: Segment): Problem[] {
  const seen = new Set<string>()
  return tasks.flatMap(({ kind, id, place, delegateTo = '', within }) => {
    const section = within.map(({ section }) => section).join(' ')
    const key = `${delegateTo}\0${kind}\0${id}\0${section.replaceAll('tasks', '').trim()}`
    const again = seen.has(key)
    seen.add(key)
    return again ? [{ message: `${kind} ${id} is declared twice in one play`, ...(place && { place }) }] : []
  })
}

/** All hosts must meet before and after a guarded task: the evidence of one would age while another works. */
function mixedGuards(play: string, segments: readonly Segment[]): Problem[] {
  const tasks = segments.flatMap((segment) => segment.tasks)
  if (!tasks.some((task) => task.guard)) return []
  return tasks
    .filter((task) => !task.guard)
    .map(({ name, place }) => ({
      message: `${name} stands in play '${play}' beside a guarded task`,
      hint: 'give guarded tasks a play of their own',
      ...(place && { place }),
    }))
}
