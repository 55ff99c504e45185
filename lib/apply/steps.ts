import type { PlannedTask } from '../plan/index.ts'
import { jobOf, probeOf } from '../probe/look.ts'
import type { Block, Within } from '../resource/block.ts'
import { canonical } from '../resource/state.ts'
import type { BlockStep, Step } from '../shell/step.ts'
import { type Failures, hasRescue } from './blocks.ts'
import { handlerId } from './handlers.ts'
import type { HostRun } from './host-run.ts'

/** A task and the host that it is for; another one may carry it out. */
export interface Duty {
  host: HostRun
  task: PlannedTask
  /** All tasks of the play for the host. */
  all: readonly PlannedTask[]
}

/** The steps of a batch: each task fused, the blocks around them, and what was for one host apart from the next. */
export function stepsOf(duties: readonly Duty[], stepOf: (task: PlannedTask) => Step = fusedStep): Step[] {
  const steps: Step[] = []
  const ids = new Map<Block, number>()
  let open: readonly Within[] = []
  let before: Duty | undefined
  for (const duty of duties) {
    const apart = before !== undefined && before.host !== duty.host
    if (apart) steps.push(...moveTo([], open, ids, before), { kind: 'afresh' })
    steps.push(...moveTo(duty.task.within, apart ? [] : open, ids, duty), stepOf(duty.task))
    open = duty.task.within
    before = duty
  }
  return [...steps, ...moveTo([], open, ids, before)]
}

/** Leaves the blocks that end here, from the inside out, and goes on to or enters those of the next task. */
function moveTo(
  next: readonly Within[],
  open: readonly Within[],
  ids: Map<Block, number>,
  duty: Duty | undefined,
): BlockStep[] {
  const shared = next.findIndex(({ block }, depth) => open[depth]?.block !== block)
  const kept = shared === -1 ? next.length : shared
  const closing = open.slice(kept).toReversed()
  const steps: BlockStep[] = closing.map(({ block }) => ({
    kind: 'block',
    at: 'close',
    id: idOf(ids, block),
  }))
  next.forEach(({ block, section }, depth) => {
    const from = depth < kept ? open[depth]?.section : undefined
    if (duty && from !== section) steps.push(...goTo(section, from, block, idOf(ids, block), duty))
  })
  return steps
}

/** What an earlier batch of the play has seen fail in a block, this one must know. */
function goTo(
  section: Within['section'],
  from: Within['section'] | undefined,
  block: Block,
  id: number,
  { host, all }: Duty,
): BlockStep[] {
  const failed = (at: Within['section']) => host.failures.get(block)?.has(at) ?? false
  const begin = (at: BlockStep['at'], known: boolean): BlockStep => ({ kind: 'block', at, id, failed: known })
  const steps: BlockStep[] = []
  if (from === undefined)
    steps.push(begin('open', section === 'always' ? isLost(host.failures, block, all) : failed('tasks')))
  if (section !== 'tasks') steps.push(begin(section, failed(section)))
  return steps
}

/** Whether it has failed and no rescue has mended it. */
function isLost(failures: Failures, block: Block, all: readonly PlannedTask[]): boolean {
  const failed = failures.get(block)
  return failed?.has('rescue') || (failed?.has('tasks') && !hasRescue(block, all)) || false
}

function idOf(ids: Map<Block, number>, block: Block): number {
  const id = ids.get(block) ?? ids.size + 1
  ids.set(block, id)
  return id
}

function fusedStep(task: PlannedTask): Step {
  const { number, needs, when, expect, notify, guard, apply, retry, timeout } = task
  return {
    kind: 'fused',
    number,
    needs,
    when: when?.test,
    probe: probeOf(task),
    expected: canonical(expect),
    notify: notify.map(handlerId),
    recheck: guard?.recheck,
    apply,
    detached: jobOf(task),
    limit: timeout,
    retry,
  }
}
