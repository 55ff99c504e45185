import type { Frame } from '../shell/frames.ts'
import type { FusedStep, Step } from '../shell/step.ts'

/** Which step of a batch the target has in hand. */
export interface Progress {
  /** Takes note of a mark. */
  advance: (frame: Frame) => void
  /** The shell text that runs now, as far as the marks tell. */
  inHand: () => string
  /** Whether that may be a change, or waits for one; with its limit in seconds, if the step has one of its own. */
  change: () => { limit?: number | undefined } | undefined
}

/** Follows a batch by its marks. A step that a failure or a block has passed over tells nothing. */
export function follow(batch: readonly Step[]): Progress {
  let index = 0
  let stage: string | undefined
  return {
    advance: (frame) => {
      const at = batch.findIndex((step, position) => position >= index && tells(step, frame))
      const step = batch[at]
      if (!step) return
      const over = step.kind !== 'fused' || isOver(step, frame)
      stage = over ? undefined : frame.words[0]
      index = over ? at + 1 : at
    },
    inHand: () => textOf(batch[index], stage),
    change: () => changeOf(batch[index], stage),
  }
}

const STAGES = ['when', 'probe', 'recheck', 'apply', 'retry', 'verify', 'until']

/** Whether a mark is one of this step's. */
function tells(step: Step, { words }: Frame): boolean {
  const [mark = '', name] = words
  if (step.kind === 'probe' || step.kind === 'fused')
    return STAGES.includes(mark) && String(step.number) === name
  if (step.kind === 'block') return mark === step.at && String(step.id) === name
  if (step.kind === 'handler') return (mark === 'handler' || mark === 'idle') && step.id === name
  if (step.kind === 'ask') return mark === 'ask' && step.name === name
  return mark === step.kind
}

function isOver(step: FusedStep, { words, stdout }: Frame): boolean {
  const [mark] = words
  if (mark === 'retry') return false
  if (words.at(-1) !== '0') return true
  return mark === 'verify' || (mark === 'probe' && stdout === step.expected)
}

function changeOf(
  step: Step | undefined,
  stage: string | undefined,
): { limit?: number | undefined } | undefined {
  if (step?.kind === 'fused')
    return stage === 'probe' || stage === 'retry' ? { limit: step.limit } : undefined
  return step?.kind === 'handler' || step?.kind === 'lock' ? {} : undefined
}

function textOf(step: Step | undefined, stage: string | undefined): string {
  if (!step) return ''
  if (step.kind === 'fused' && (stage === 'probe' || stage === 'retry')) return step.apply.text
  if (step.kind === 'fused' && stage === 'apply') return step.probe.text
  if (step.kind === 'handler' || step.kind === 'ask') return step.run.text
  return step.kind === 'probe' || step.kind === 'fused' ? step.probe.text : ''
}
