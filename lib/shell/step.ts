import type { Shell } from './sh.ts'

/**
 * One thing that a batch does on the target. Each tells its end by marks, see `Frame`:
 *
 * - `probe`: `when N RC` where the condition did not hold, else `probe N RC` with the state on stdout; 75 is
 *   "cannot tell", also where a command of `needs` is absent.
 * - `fused`: the same; where the state differs from `expected` also `recheck N RC` when the guard refuses, else
 *   `apply N RC` and, after success, `verify N RC` with the new state. The batch halts (later steps do nothing and
 *   tell nothing) on a condition that neither holds nor fails with 1, and on every failure of what follows.
 *   With `retry`, each try that was not enough tells `retry N RC` before the next one begins.
 * - `block`: `rescue ID 0` where a rescue begins, `always ID 0` where what always follows does. A failure inside halts
 *   what is left of its section alone; behind the block it halts the batch unless a rescue has succeeded.
 * - `afresh`: nothing. What has failed before is no business of what follows.
 * - `handler`: `handler ID RC`, only where it is owed. A failure halts.
 * - `ask`: `ask NAME RC`.
 * - `pending`: `pending 0`, the ids of all handlers owed on stdout, one a line.
 * - `lock`: `lock 0` when the run has the target for itself until its shell ends; with `resumes` the
 *   journal of the last run on stdout. `lock 2` when another holds it: its process, its run and its owner on stdout;
 *   `lock 1` when none could be made. Neither lets the batch do anything more.
 */
export type Step =
  | { kind: 'probe'; number: number; needs: readonly string[]; when?: Shell | undefined; probe: Shell }
  | FusedStep
  | BlockStep
  | { kind: 'afresh' }
  | { kind: 'handler'; id: string; run: Shell }
  | { kind: 'ask'; name: string; run: Shell }
  | { kind: 'pending' }
  | LockStep

/** Takes the target for one run. */
export interface LockStep {
  kind: 'lock'
  /** The run that takes it. */
  run: string
  /** The runs that are resumed: where one still works on the target it is stopped and waited for. */
  resumes: readonly string[]
  /** Who asks whom about the run: a line for people. */
  owner: string
}

/** Probe, apply where it differs, probe again: all on the target. */
export interface FusedStep {
  kind: 'fused'
  number: number
  needs: readonly string[]
  when?: Shell | undefined
  probe: Shell
  /** The canonical text of the state that is wanted. */
  expected: string
  /** Ids of handlers that the target notes as owed before it applies. */
  notify: readonly string[]
  recheck?: Shell | undefined
  apply: Shell
  /** Under this id it outlives its connection, and is found again. */
  detached?: string | undefined
  /** Seconds that the change may take. */
  limit?: number | undefined
  retry?: { retries: number; delay: number; until?: Shell } | undefined
}

/** The beginning, a section, or the end of a block of steps; blocks nest. */
export interface BlockStep {
  kind: 'block'
  at: 'open' | 'rescue' | 'always' | 'close'
  /** Unique in the batch. */
  id: number
  /** An earlier batch has seen a failure in the section that this begins. */
  failed?: boolean
}
