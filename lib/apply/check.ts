import type { PlannedPlay, PlannedTask } from '../plan/index.ts'
import type { TaskEvent } from './events.ts'
import { handlerId } from './handlers.ts'
import type { HostRun } from './host-run.ts'
import type { Run } from './run.ts'
import { showTexts } from './show-texts.ts'

/** Tells what a run would do, from the look ahead alone. Changes nothing. */
export async function checkPlays(run: Run, plays: readonly PlannedPlay[]): Promise<void> {
  const firstChange = new Map<string, PlannedTask>()
  for (const play of plays) {
    run.report({ event: 'play', play: play.name, hosts: play.segments.map(({ host }) => host) })
    for (const { host: name, tasks, handlers } of play.segments) {
      const host = run.hosts.get(name)
      if (!host || host.stopped) continue
      const texts = run.options.diff ? await showTexts(host, tasks) : new Map<number, string>()
      for (const task of tasks) checkTask(run, play, host, task, firstChange, texts)
      for (const handler of handlers.filter((one) => host.owed.has(handlerId(one)))) {
        run.report({
          event: 'handler',
          host: name,
          play: play.name,
          name: handler.name,
          outcome: 'would-change',
        })
      }
    }
  }
}

function checkTask(
  run: Run,
  play: PlannedPlay,
  host: HostRun,
  task: PlannedTask,
  firstChange: Map<string, PlannedTask>,
  texts: ReadonlyMap<number, string>,
): void {
  const found = foresee(host, task, firstChange.get(host.name))
  if (found.outcome === 'would-change' && !firstChange.has(host.name)) firstChange.set(host.name, task)
  const look = host.looks.get(task.number)
  if (found.outcome === 'failed' && look?.is === 'failed') {
    host.stopped ??= look.error
    run.report({ event: 'error', error: look.error })
  }
  host.recap[found.outcome] += 1
  const diff = texts.get(task.number)
  const { number, name, kind, id } = task
  const what = { host: host.name, play: play.name, number, name, kind, id }
  run.report({ event: 'task', ...what, ...found, ...(diff !== undefined && { diff }) })
}

type Foreseen = Pick<TaskEvent, 'outcome' | 'reason' | 'changes'>

/** What earlier tasks would change first can make a later probe impossible: that is unknown, not an error. */
function foresee(host: HostRun, task: PlannedTask, before: PlannedTask | undefined): Foreseen {
  const look = host.looks.get(task.number)
  if (look?.is === 'same') return { outcome: 'ok' }
  if (look?.is === 'different') return { outcome: 'would-change', changes: look.changes }
  if (look?.is === 'skipped') return { outcome: 'skipped', reason: look.reason }
  if (before) return { outcome: 'unknown', reason: `after task ${before.number} (${before.name})` }
  if (look?.is === 'failed') return { outcome: 'failed', reason: look.error.message }
  return { outcome: 'unknown', reason: look?.reason ?? 'it was not probed' }
}
