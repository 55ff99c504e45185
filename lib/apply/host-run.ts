import type { RunsheetError } from '../errors.ts'
import type { PlannedTask } from '../plan/index.ts'
import type { Look } from '../probe/look.ts'
import type { Block } from '../resource/block.ts'
import type { Answer } from '../resource/contract.ts'
import type { Frame } from '../shell/frames.ts'
import type { Step } from '../shell/step.ts'
import type { Session } from '../transport/session.ts'
import type { Failures } from './blocks.ts'
import { type HostRecap, OUTCOMES } from './events.ts'

/** One host during one run. */
export interface HostRun {
  name: string
  session: Session
  /** What was last seen of the tasks that this host carries out; never used after a change. */
  looks: Map<PlannedTask, Look>
  /** Where in the blocks of the present play something has failed. */
  failures: Failures
  /** The failed tasks that the rescue of a block may mend, by that block. */
  mendable: Map<Block, string[]>
  facts: Record<string, Answer>
  /** Handlers owed from this or an earlier run, by their id on the target. */
  owed: Set<string>
  recap: HostRecap
  /** Tasks whose outcome has been told. */
  told: Set<PlannedTask>
  /** Its shell or its connection has ended. */
  gone: boolean
  /** Why nothing more is done on this host. */
  stopped: RunsheetError | undefined
}

export function startHost(name: string, session: Session): HostRun {
  const recap = {
    ...Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])),
    rescued: 0,
    trips: 0,
  } as HostRecap
  return {
    name,
    session,
    looks: new Map(),
    failures: new Map(),
    mendable: new Map(),
    facts: {},
    owed: new Set(),
    recap,
    told: new Set(),
    gone: false,
    stopped: undefined,
  }
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
