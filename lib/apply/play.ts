import { RunsheetError } from '../errors.ts'
import { batchesOf, type PlannedPlay, type Segment } from '../plan/index.ts'
import { consultGuards, refusalError } from './guarded.ts'
import type { HostRun } from './host-run.ts'
import { leftOpen } from './left-open.ts'
import { recordRescues, recordTask } from './record.ts'
import type { Run } from './run.ts'
import { firstDifference, runStage } from './stage.ts'
import { confirmGuarded } from './step.ts'

/**
 * Converges one play, a batch of hosts after the other. In a batch each host has what it does for itself in one
 * round trip; for a task that runs once or elsewhere the hosts of the batch meet.
 */
export async function applyPlay(run: Run, play: PlannedPlay): Promise<void> {
  const segments = play.segments.filter(({ host }) => isWorking(run, host))
  const why = onceMissing(run, play) ?? (await applyBatches(run, play, batchesOf(segments, play.serial)))
  for (const segment of segments) leaveUndone(run, play, segment)
  if (why === undefined) return
  run.ended = true
  run.report({ event: 'error', error: new RunsheetError('E_PLAY_STOPPED', why, { radius: 'run' }) })
}

/** @returns why the play was stopped before its end */
async function applyBatches(run: Run, play: PlannedPlay, batches: Segment[][]): Promise<string | undefined> {
  for (const batch of batches) {
    const why = await applyBatch(run, play, batch)
    if (why !== undefined || run.refused) return why
    const tooMany = tooManyFailed(run, play, batch)
    if (tooMany !== undefined) return tooMany
  }
  return undefined
}

async function applyBatch(run: Run, play: PlannedPlay, batch: Segment[]): Promise<string | undefined> {
  const stages = [...new Set([0, ...batch.flatMap(({ tasks }) => tasks.map(({ stage }) => stage))])]
  stages.sort((left, right) => left - right)
  let why: string | undefined
  for (const stage of stages) {
    const work = play.guarded ? runGuarded : runStage
    await work(run, play, batch, stage, stage === stages.at(-1))
    why = onceMissing(run, play, stage)
    if (why !== undefined || run.refused) break
  }
  for (const { host, tasks } of batch) recordRescues(run, play, run.hosts.get(host) as HostRun, tasks)
  return why
}

/** Hosts that do not work at once are not judged at once: evidence waits neither for another host nor for a person. */
async function runGuarded(
  run: Run,
  play: PlannedPlay,
  batch: readonly Segment[],
  stage: number,
  last: boolean,
): Promise<void> {
  for (const group of batchesOf(batch, run.confirm ? 1 : run.options.forks)) {
    const own = group.map((one) => ({ ...one, tasks: one.tasks.filter((task) => task.stage === stage) }))
    const agreed = run.confirm ? await confirmGuarded(run, play, own) : own
    if (!(await guardsAllow(run, agreed))) return
    await runStage(run, play, agreed, stage, last)
  }
}

/** Others rely on a run-once task: where its host could not do it, none of them goes on. */
function onceMissing(run: Run, play: PlannedPlay, stage?: number): string | undefined {
  for (const { host, tasks } of play.segments) {
    const once = tasks.find((task) => task.runOnce && (stage === undefined || task.stage === stage))
    if (once && !isWorking(run, host)) {
      return `play '${play.name}' ends: ${once.name} runs once, on ${host}, which has failed; the other hosts rely on it`
    }
  }
  return undefined
}

function tooManyFailed(run: Run, play: PlannedPlay, batch: readonly Segment[]): string | undefined {
  const failed = batch.filter(({ host }) => !isWorking(run, host)).length
  const share = (failed / batch.length) * 100
  if (failed === 0 || (share <= play.maxFailPercentage && failed < batch.length)) return undefined
  if (play.serial === 0 && play.maxFailPercentage === 100) return undefined
  return `play '${play.name}' ends: ${failed} of ${batch.length} hosts of the batch failed (at most ${play.maxFailPercentage} % may)`
}

/** What nobody came to is told as well. */
function leaveUndone(run: Run, play: PlannedPlay, { host: name, tasks: all }: Segment): void {
  const host = run.hosts.get(name) as HostRun
  const reason =
    host.gone && host.stopped
      ? leftOpen(host.stopped).reason
      : host.stopped
        ? 'an earlier task failed'
        : 'the play ended before'
  for (const task of all.filter((one) => !host.told.has(one))) {
    recordTask(run, play, { host, task, all }, { task, outcome: 'skipped', reason })
  }
}

function isWorking(run: Run, name: string): boolean {
  const host = run.hosts.get(name)
  return host !== undefined && !host.stopped
}

async function guardsAllow(run: Run, segments: readonly Segment[]): Promise<boolean> {
  const pending = segments.filter(({ host, tasks }) => {
    const known = run.hosts.get(host) as HostRun
    return run.dirty ? tasks.length > 0 : firstDifference(known, tasks) < tasks.length
  })
  const guarded = new Map(pending.map(({ host, tasks }) => [run.hosts.get(host) as HostRun, tasks]))
  const refusals = await consultGuards(guarded, run.reach)
  for (const refusal of refusals) {
    run.report({ event: 'error', error: refusalError(refusal) })
    run.refused = true
  }
  return refusals.length === 0
}
