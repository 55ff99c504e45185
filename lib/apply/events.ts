import type { RunsheetError } from '../errors.ts'
import type { Verdict } from '../plan/index.ts'

/** What became of a task. `unknown` is never success. */
export type Outcome = 'ok' | 'changed' | 'would-change' | 'unknown' | 'skipped' | 'failed'

export const OUTCOMES = [
  'ok',
  'changed',
  'would-change',
  'unknown',
  'skipped',
  'failed',
] as const satisfies readonly Outcome[]

/** The sum of one host's run. */
export interface HostRecap extends Record<Outcome, number> {
  /** Failures that the rescue of their block has mended; they are not counted as failed. */
  rescued: number
  /** Round trips after login, counted by the transport. */
  trips: number
}

/** 0 converged, 1 usage or validation error, 2 a host failed, 3 refused by a guard, 4 outcome unknown. */
export type ExitCode = 0 | 1 | 2 | 3 | 4

export interface TaskEvent {
  event: 'task'
  host: string
  play: string
  number: number
  name: string
  kind: string
  id: string
  /** The host that did it for this one. */
  delegate?: string
  outcome: Outcome
  /** Why it was skipped, failed or is unknown. */
  reason?: string
  /** Field by field, what differed. */
  changes?: readonly string[]
  /** A unified diff, with `--diff`. */
  diff?: string
}

/** All that a run says. Whoever prints must know every kind, or it does not compile. */
export type RunEvent =
  | { event: 'start'; playbook: string; mode: 'apply' | 'check'; hosts: readonly string[] }
  /** An earlier run goes on; nobody knows what these tasks of it did. `began` is its time. */
  | {
      event: 'resume'
      run: string
      began: string
      unknown: readonly { host: string; name: string }[]
    }
  | { event: 'play'; play: string; hosts: readonly string[] }
  | TaskEvent
  | { event: 'handler'; host: string; play: string; name: string; outcome: Outcome }
  /** After a failure in a block its rescue has succeeded: the host goes on. */
  | { event: 'rescued'; host: string; play: string; block: string; tasks: readonly string[] }
  /** A host begins a task, or is so far with it; what it prints of it comes later. */
  | { event: 'working'; host: string; name: string; far?: string }
  | { event: 'error'; error: RunsheetError }
  /** What a person must know before anything is done. */
  | { event: 'foreword'; lines: readonly string[] }
  | { event: 'conclusion'; lines: readonly string[] }
  /** All that a playbook says which only asks; `trips` of each host that answered. */
  | (Verdict & { event: 'verdict'; playbook: string; time: string; trips: Readonly<Record<string, number>> })
  | {
      event: 'recap'
      exitCode: ExitCode
      changed: number
      seconds: number
      hosts: Readonly<Record<string, HostRecap>>
    }

/** Takes events in the order in which they happen. */
export type Report = (event: RunEvent) => void
