import type { Problem } from '../errors.ts'
import type { Wishes } from './segments.ts'

/** The tasks of a play for all its hosts. */
interface Named {
  name: string
  wishes: readonly Wishes[]
  late: unknown
}

/** Leaves out every task before the first one of that name; a host that has none of
 * the name begins with the next play. What is made from facts has no names yet: it is left out before that task. */
export function startAt<Play extends Named>(
  plays: readonly Play[],
  name: string | undefined,
  problems: Problem[],
): Play[] {
  if (name === undefined) return [...plays]
  const first = plays.findIndex(({ wishes }) =>
    wishes.some(({ tasks }) => tasks.some((task) => task.name === name)),
  )
  if (first === -1) {
    problems.push({
      message: `no task is called '${name}'`,
      hint: '--list-tasks prints the names of all tasks',
    })
    return [...plays]
  }
  return plays.map((play, index) => {
    if (index > first) return play
    const rest = play.wishes.map(({ host, tasks }) => ({
      host,
      tasks: index < first ? [] : from(tasks, name),
    }))
    return { ...play, wishes: rest, late: undefined }
  })
}

function from(tasks: Wishes['tasks'], name: string): Wishes['tasks'] {
  const first = tasks.findIndex((task) => task.name === name)
  return first === -1 ? [] : tasks.slice(first)
}
