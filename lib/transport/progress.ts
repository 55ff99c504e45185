import type { Frame } from '../shell/frames.ts'
import type { FusedStep, Step } from '../shell/prelude.ts'

/** Which step of a batch the target has in hand. */
export interface Progress {
  /** Takes note of a mark. */
  advance: (frame: Frame) => void
  /** The shell text that runs now, as far as the marks tell. */
  inHand: () => string
}

/** Follows a batch by its marks: every step but a halted one tells its end. */
export function follow(batch: readonly Step[]): Progress {
  let index = 0
  let stage: string | undefined
  return {
    advance: (frame) => {
      const step = batch[index]
      if (!step || frame.words[0] === 'begin') return
      const over = step.kind !== 'fused' || isOver(step, frame)
      stage = over ? undefined : frame.words[0]
      if (over) index += 1
    },
    inHand: () => textOf(batch[index], stage),
  }
}

function isOver(step: FusedStep, { words, stdout }: Frame): boolean {
  const [mark] = words
  if (words.at(-1) !== '0') return true
  return mark === 'verify' || (mark === 'probe' && stdout === step.expected)
}

function textOf(step: Step | undefined, stage: string | undefined): string {
  if (!step) return ''
  if (step.kind === 'fused' && stage === 'probe') return step.apply.text
  if (step.kind === 'fused' && stage === 'apply') return step.probe.text
  if (step.kind === 'handler' || step.kind === 'ask') return step.run.text
  return step.kind === 'probe' || step.kind === 'fused' ? step.probe.text : ''
}
