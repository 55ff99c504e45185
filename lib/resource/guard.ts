import type { Shell } from '../shell/sh.ts'

/** What the hosts concerned said, a few seconds ago: host name → name of the question → answer. */
export type Evidence = ReadonlyMap<string, Readonly<Record<string, Answer>>>

export interface Answer {
  exitCode: number
  stdout: string
  stderr: string
}

/** What must hold on every host concerned before a destructive task may run. */
export interface Guard {
  /** What the task endangers, as the override names it. */
  protects: string
  /** Every host that must answer. One that cannot be reached is a refusal. */
  hosts: readonly string[]
  /** Questions to each of them. */
  ask: Readonly<Record<string, Shell>>
  /** Why not, one sentence each; an empty list lets the task run. Decides for `host`. */
  refuse: (evidence: Evidence, host: string) => string[]
  /** Tested again on the target inside the command that applies: any exit but 0 refuses. */
  recheck: Shell
  /** The same in words and in shell, for a runbook. Without them a runbook leaves the step to the engine. */
  demands?: readonly Demand[]
}

/** One thing that a guard demands. All of them together let nothing through that `refuse` would refuse. */
export interface Demand {
  /** What must hold, as a sentence: `heartbeat is stopped`. */
  that: string
  /** Who must show it: the host that is about to change, the other hosts of the guard, or all of them. */
  of: 'target' | 'peers' | 'all'
  /** Questions of the guard, each answered with exit 0. */
  asks: readonly string[]
  /**
   * Succeeds where it holds. It finds the answers in `$said_QUESTION`, where what is no letter or digit is `_`,
   * and in `$me` the inventory's name of the host that answered. Without it, all hosts must have given the same answers.
   */
  holds?: Shell
}
