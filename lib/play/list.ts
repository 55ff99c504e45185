import type { Plan } from '../plan/index.ts'

/** The hosts of a plan, one a line. */
export function listHosts(plan: Plan): string {
  return plan.hosts.map(({ name }) => name).join('\n')
}

/** The tasks of every play and host, with their tags. */
export function listTasks(plan: Plan): string {
  return plan.plays
    .map((play) => {
      const segments = play.segments.map(({ host, tasks }) =>
        [`  ${host}`, ...tasks.map(describeTask)].join('\n'),
      )
      return [
        `${play.name}${play.guarded ? ' (guarded)' : ''}${play.late ? ' (made from facts)' : ''}`,
        ...segments,
      ].join('\n')
    })
    .join('\n')
}

/** The tags of every play. */
export function listTags(plan: Plan): string {
  return plan.plays
    .map(({ name, segments }) => {
      const tags = segments.flatMap(({ tasks }) => tasks.flatMap((task) => task.tags))
      return `${name}  [${[...new Set(tags)].sort().join(', ')}]`
    })
    .join('\n')
}

function describeTask({
  number,
  name,
  tags,
}: {
  number: number
  name: string
  tags: readonly string[]
}): string {
  return `    ${number}  ${name}${tags.length > 0 ? `  [${tags.join(', ')}]` : ''}`
}
