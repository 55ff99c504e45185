import type { Problem } from '../errors.ts'
import type { Task } from '../resource/contract.ts'
import type { PlannedPlay } from './plan-plays.ts'

/** Of two files that are fetched to one place, only the last would be left. */
export function sharedDownloads(plays: readonly PlannedPlay[]): Problem[] {
  const first = new Map<string, { host: string; task: Task }>()
  return plays.flatMap(({ segments }) =>
    segments.flatMap(({ host, tasks }) =>
      tasks.flatMap((task): Problem[] => {
        if (task.errand?.kind !== 'download') return []
        const { file } = task.errand
        const before = first.get(file) ?? { host, task }
        first.set(file, before)
        const same = before.host === host && before.task.id === task.id
        return same ? [] : [sharing(file, [before.host, host], task)]
      }),
    ),
  )
}

function sharing(file: string, hosts: readonly string[], { name, place }: Task): Problem {
  return {
    message: `${name}: ${file} is fetched twice, from ${[...new Set(hosts)].join(' and from ')}: the last would be left`,
    ...(place && { place }),
    hint: 'give each host a file of its own, by the name of the host in its path',
  }
}
