import type { Segment } from '../plan/index.ts'
import type { Handler } from '../resource/contract.ts'
import type { Run } from './run.ts'
import type { Duty } from './steps.ts'

/** What one host carries out in a stage in one round trip: for itself, or for others. */
export interface Work {
  on: string
  duties: Duty[]
  handlers: readonly Handler[]
}

/** The work of a stage, by the host that does it: one host does one thing at a time. */
export function worksOf(run: Run, segments: readonly Segment[], stage: number, last: boolean): Work[][] {
  return groupBy(
    [...ownWorks(run, segments, stage, last), ...delegatedWorks(run, segments, stage)],
    ({ on }) => on,
  )
}

function ownWorks(run: Run, segments: readonly Segment[], stage: number, last: boolean): Work[] {
  return segments.flatMap((segment) => {
    const duties = dutiesOf(run, segment, stage).filter(({ task }) => task.delegateTo === undefined)
    const handlers = last && !run.hosts.get(segment.host)?.stopped ? segment.handlers : []
    return [{ on: segment.host, duties, handlers }]
  })
}

/** All that one other host does for the hosts of the batch goes in one trip. */
function delegatedWorks(run: Run, segments: readonly Segment[], stage: number): Work[] {
  const duties = segments
    .flatMap((segment) => dutiesOf(run, segment, stage))
    .filter(({ task }) => task.delegateTo !== undefined)
  const byHost = groupBy(duties, ({ task }) => task.delegateTo ?? '')
  return byHost.map((all) => ({ on: all[0].task.delegateTo ?? '', duties: all, handlers: [] }))
}

function dutiesOf(run: Run, { host: name, tasks: all }: Segment, stage: number): Duty[] {
  const host = run.hosts.get(name)
  if (!host || host.gone) return []
  return all
    .filter((task) => task.stage === stage)
    .map((task) => ({ host, task, all }))
    .filter(isLeft)
}

/** On a host that has stopped only what follows a failure in any case is left to do. */
export function isLeft({ host, task }: Duty): boolean {
  return !host.stopped || task.within.some(({ block }) => host.failures.has(block))
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): [Item, ...Item[]][] {
  const groups = new Map<string, [Item, ...Item[]]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return [...groups.values()]
}
