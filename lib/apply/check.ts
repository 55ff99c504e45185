import type { PlannedPlay, PlannedTask, Segment } from '../plan/index.ts'
import { executor, type Foreseen, type ForeseenSegment, foreseePlays, lookOf } from './foresee.ts'
import { eventOf } from './record.ts'
import type { Run } from './run.ts'
import { showTexts } from './show-texts.ts'

/** Tells what a run would do, from the look ahead alone. Changes nothing. */
export async function checkPlays(run: Run, plays: readonly PlannedPlay[]): Promise<void> {
  const foreseen = foreseePlays(run, plays)
  for (const play of plays) {
    run.report({ event: 'play', play: play.name, hosts: play.segments.map(({ host }) => host) })
    for (const one of foreseen) if (one.play === play) await checkSegment(run, one)
  }
}

async function checkSegment(run: Run, { play, segment, tasks, handlers }: ForeseenSegment): Promise<void> {
  if (run.hosts.get(segment.host)?.stopped) return
  const texts = run.options.diff ? await textsOf(run, segment) : new Map<PlannedTask, string>()
  for (const [task, found] of tasks) checkTask(run, play, segment, task, found, texts.get(task))
  for (const { name } of handlers)
    run.report({ event: 'handler', host: segment.host, play: play.name, name, outcome: 'would-change' })
}

function checkTask(
  run: Run,
  play: PlannedPlay,
  segment: Segment,
  task: PlannedTask,
  found: Foreseen,
  diff: string | undefined,
): void {
  const host = run.hosts.get(segment.host)
  if (!host) return
  const look = lookOf(run, segment, task)
  if (found.outcome === 'failed' && look?.is === 'failed') {
    host.stopped ??= look.error
    run.report({ event: 'error', error: look.error })
  }
  host.recap[found.outcome] += 1
  run.report({ ...eventOf(play, segment.host, task), ...found, ...(diff !== undefined && { diff }) })
}

async function textsOf(run: Run, segment: Segment): Promise<Map<PlannedTask, string>> {
  const texts = new Map<PlannedTask, string>()
  for (const name of new Set(segment.tasks.map((task) => executor(segment, task)))) {
    const on = run.hosts.get(name)
    const tasks = segment.tasks.filter((task) => executor(segment, task) === name)
    if (on && !on.gone) for (const [task, text] of await showTexts(on, tasks)) texts.set(task, text)
  }
  return texts
}
