import type { z } from 'zod'
import type { Answer, Task } from '../resource/contract.ts'
import type { Shell } from '../shell/sh.ts'
import type { Serial } from './batches.ts'

/** One host of the inventory with the variables that the playbook's schema gave their types. */
export interface Host<Vars> {
  /** The inventory's name; in a cluster also what `uname -n` prints there. */
  name: string
  vars: Vars
}

/** A host and what it answered to the playbook's questions. */
export interface KnownHost<Vars> extends Host<Vars> {
  facts: Readonly<Record<string, Answer>>
}

/** A host that gave no answer. */
export interface SilentHost<Vars> extends Host<Vars> {
  /** Such as `no answer within 10 s`. */
  why: string
}

/** What a monitoring program takes: the Monitoring Plugins' guidelines say what the codes and the first line mean. */
export interface Verdict {
  /** 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. */
  exitCode: 0 | 1 | 2 | 3
  /** For people. A monitoring program may show the first one alone. */
  lines: readonly string[]
  /** The same for programs, with `--json`: values of JSON. */
  data: unknown
}

/** A mistake that only a look across hosts can find; `path` leads to the variable at fault. */
export interface RuleViolation {
  host: string
  path: readonly (string | number)[]
  message: string
  hint?: string
}

export type Rule<Vars> = (hosts: readonly Host<Vars>[]) => RuleViolation[]

/** The tasks of one play on one host form a segment; between plays all hosts meet. */
export interface Play<Vars> {
  name: string
  hosts: readonly Host<Vars>[]
  /** A guarded task may share its play only with guarded tasks: all hosts meet before and after it. */
  tasks: (host: Host<Vars>) => Task[]
  /** Tasks that are made from facts instead, see `playFromFacts`. */
  fromFacts?: (host: KnownHost<Vars>, all: readonly KnownHost<Vars>[]) => Task[]
  /** How many hosts at once; all of them if not given. A batch begins when the one before it has ended. */
  serial?: Serial
  /** A batch of which more than this share of hosts has failed ends the run; 100: one that failed wholly does. */
  maxFailPercentage?: number
}

export interface Playbook<Schema extends z.ZodType> {
  name: string
  /** One paragraph that opens the help text and the runbook. */
  description: string
  /** A pattern of groups and hosts, as Ansible's `hosts:`. */
  hosts: string
  /** The variables of each host, unknown ones refused (`z.strictObject`). */
  vars: Schema
  /**
   * Rules across variables and hosts, checked before any host is contacted. One that meets a value which the
   * schema has refused already is left out, so that the others can still be told at once.
   */
  rules?: readonly Rule<z.infer<Schema>>[]
  /** Questions that ride in the first batch of probes, and are asked again after a change. */
  facts?: (host: Host<z.infer<Schema>>) => Readonly<Record<string, Shell>>
  /** Why the run must not begin, from the facts; one sentence each. */
  preflight?: (hosts: readonly KnownHost<z.infer<Schema>>[]) => string[]
  /** What a person must know before anything is done, from the facts; one line each. A check tells it, too. */
  foreword?: (hosts: readonly KnownHost<z.infer<Schema>>[]) => string[]
  /** All plays, known up front, in order. */
  plays: (hosts: readonly Host<z.infer<Schema>>[]) => Play<z.infer<Schema>>[]
  /** What a person wants to know at the end, one line each. */
  conclusion?: (hosts: readonly KnownHost<z.infer<Schema>>[]) => string[]
  /**
   * Makes the playbook one that asks and changes nothing, so it has no plays: its hosts are asked the `facts`, in one
   * round trip and without a lock, and the exit code of the run is the verdict's. A host that cannot be reached, or
   * is lost meanwhile, is `silent` and ends nothing.
   */
  verdict?: (
    hosts: readonly KnownHost<z.infer<Schema>>[],
    silent: readonly SilentHost<z.infer<Schema>>[],
  ) => Verdict
  /** One host's failure ends the run at the next barrier for all hosts, as in a cluster it should. */
  anyErrorsFatal?: boolean
}

/** Gives a playbook literal its types; the schema infers those of `host.vars`. */
export function definePlaybook<Schema extends z.ZodType>(playbook: Playbook<Schema>): Playbook<Schema> {
  return playbook
}

/** Declares a play. */
export function play<Vars>(
  name: string,
  hosts: readonly Host<Vars>[],
  tasks: (host: Host<Vars>) => Task[],
  options: Pick<Play<Vars>, 'serial' | 'maxFailPercentage'> = {},
): Play<Vars> {
  return { name, hosts, tasks, ...options }
}

/**
 * Declares a play whose tasks are made from facts: a value that a change gives birth to, on this host or another one.
 * The facts are asked again before it if anything has changed, so it never sees what was true before. Its tasks can
 * only be checked then, and cost one round trip more in a run without a change: use `when` for what a host can tell of
 * itself. A host that cannot be reached is not among `all`.
 *
 * @example playFromFacts('replication', replicas, (host, all) => [replicaOf(all[0]?.facts.position?.stdout)])
 */
export function playFromFacts<Vars>(
  name: string,
  hosts: readonly Host<Vars>[],
  tasks: (host: KnownHost<Vars>, all: readonly KnownHost<Vars>[]) => Task[],
  options: Pick<Play<Vars>, 'serial' | 'maxFailPercentage'> = {},
): Play<Vars> {
  return { name, hosts, tasks: () => [], fromFacts: tasks, ...options }
}
