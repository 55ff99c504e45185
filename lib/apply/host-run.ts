import type { RunsheetError } from '../errors.ts'
import type { Look } from '../probe/look.ts'
import type { Answer } from '../resource/contract.ts'
import type { Frame } from '../shell/frames.ts'
import type { Step } from '../shell/prelude.ts'
import type { Session } from '../transport/session.ts'
import { type HostRecap, OUTCOMES } from './events.ts'

/** One host during one run. */
export interface HostRun {
  name: string
  session: Session
  /** What the look ahead found, by task number; never used after a change. */
  looks: Map<number, Look>
  facts: Record<string, Answer>
  /** Handlers owed from this or an earlier run, by their id on the target. */
  owed: Set<string>
  recap: HostRecap
  /** Why nothing more is done on this host. */
  stopped: RunsheetError | undefined
}

export function startHost(name: string, session: Session): HostRun {
  const recap = { ...Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])), trips: 0 } as HostRecap
  return { name, session, looks: new Map(), facts: {}, owed: new Set(), recap, stopped: undefined }
}

/** One batch and all its frames. */
export async function ask(host: HostRun, steps: readonly Step[]): Promise<Frame[]> {
  const frames: Frame[] = []
  await host.session.run(steps, (frame) => frames.push(frame))
  return frames
}

/** The answer in a frame whose last word is the exit code. */
export function toAnswer(frame: Frame): Answer {
  return { exitCode: Number(frame.words.at(-1)), stdout: frame.stdout, stderr: frame.stderr }
}
