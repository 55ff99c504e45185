import type { Problem } from '../errors.ts'
import type { Segment } from './plan.ts'

/** What is wrong with the tasks of a play, found before any host is contacted. */
export function checkPlay(play: string, segments: readonly Segment[]): Problem[] {
  return segments.flatMap((segment) => [...wishes(segment), ...twice(segment), ...mixedGuards(play, segment)])
}

function wishes({ tasks }: Segment): Problem[] {
  return tasks.flatMap(({ name, problems, place }) =>
    problems.map((message) => ({ message: `${name}: ${message}`, ...(place && { place }) })),
  )
}

/** Two wishes about one thing would undo each other in every run. */
function twice({ tasks }: Segment): Problem[] {
  const seen = new Set<string>()
  return tasks.flatMap(({ kind, id, place }) => {
    const key = `${kind}\0${id}`
    const again = seen.has(key)
    seen.add(key)
    return again ? [{ message: `${kind} ${id} is declared twice in one play`, ...(place && { place }) }] : []
  })
}

/** All hosts must meet before and after a guarded task: the evidence of one would age while another works. */
function mixedGuards(play: string, { tasks }: Segment): Problem[] {
  if (!tasks.some((task) => task.guard)) return []
  return tasks
    .filter((task) => !task.guard)
    .map(({ name, place }) => ({
      message: `${name} stands in play '${play}' beside a guarded task`,
      hint: 'give guarded tasks a play of their own',
      ...(place && { place }),
    }))
}
