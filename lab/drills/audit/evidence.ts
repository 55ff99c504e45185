import type { Observable } from '../drill.ts'
import type { Notes } from '../ledger/judge.ts'
import type { Cluster, Row } from '../scene.ts'
import type { DatabaseSample, Sample } from './sample.ts'
import type { Span } from './spans.ts'

/** A writer's notes, and the ids that are there in the end; undefined where that could not be read. */
export type Ledger = { readonly notes: Notes; readonly found: readonly number[] | undefined }

/** What was seen of a cluster that stands beside the one that is drilled. */
export type Beside = { readonly cluster: Cluster; readonly samples: readonly Sample[] }

/** A node that was turned off or reset, and when that was confirmed. */
export type Fencing = { readonly node: string; readonly at: number }

/** All that is known of one drill. Times are milliseconds of the controller's clock. */
export type Evidence = {
  readonly row: Row
  /** Who held the address when it began. */
  readonly active: string
  readonly standby: string
  readonly began: number
  readonly injected: number
  readonly healed: number
  /** When the last playbook that brings the cluster back had ended. */
  readonly recovered: number
  readonly ended: number
  readonly samples: readonly Sample[]
  readonly databases: readonly DatabaseSample[]
  /** The other clusters of the inventory, which the drill does not befall. */
  readonly beside: readonly Beside[]
  /** When the drill had a node off or frozen. */
  readonly away: Readonly<Record<string, readonly Span[]>>
  /** What the power switch has confirmed; undefined where it cannot be asked. */
  readonly fencings: readonly Fencing[] | undefined
  readonly rows: Ledger | undefined
  readonly files: Ledger | undefined
  /** Forbidden lines of the logs, with their node; undefined where a log could not be read. */
  readonly forbidden: readonly string[] | undefined
  /** What `status` says in the end; undefined: not known. */
  readonly status: { readonly exitCode: number; readonly line: string } | undefined
  /** What the playbook's `--check` would change, each as `HOST TASK`; undefined: not known. */
  readonly drift: readonly string[] | undefined
  /** What broke the drill off, if anything did. */
  readonly broken: readonly string[]
  /** Emulated machines are slow: their seconds are told, not judged. */
  readonly emulated: boolean
}

/** What is to be said of one observable. What could not be observed is `unknown`, and never a pass. */
export type Verdict = { readonly state: 'pass' | 'fail' | 'unknown'; readonly why: string }

export type Verdicts = Partial<Readonly<Record<Observable, Verdict>>>

export const pass = (why: string): Verdict => ({ state: 'pass', why })
export const fail = (why: string): Verdict => ({ state: 'fail', why })
export const unknown = (why: string): Verdict => ({ state: 'unknown', why })

/** The first failure, else the first that is unknown, else all that passed as one. Pure. */
export const worst = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.find(({ state }) => state === 'fail') ??
  verdicts.find(({ state }) => state === 'unknown') ??
  pass(
    verdicts
      .map(({ why }) => why)
      .filter(Boolean)
      .join('; '),
  )

/** Milliseconds as seconds with one digit. Pure. */
export const seconds = (time: number): string => `${(time / 1000).toFixed(1)} s`

/** How long times are together, in milliseconds. Pure. */
export const lengthOf = (spans: readonly Span[]): number =>
  spans.reduce((sum, { from, to }) => sum + to - from, 0)

/** Whether the drill makes a split, in which two of what must be one are expected. Pure. */
export const splits = ({ row }: Evidence): boolean => row.drill.expect.lost === 'victim'

/** The last sample of each node of the cluster at that time. Pure. */
export const lastOf = <One extends { readonly node: string; readonly received: number }>(
  samples: readonly One[],
  nodes: readonly string[],
  until: number,
): (One | undefined)[] =>
  nodes.map((node) => samples.findLast((sample) => sample.node === node && sample.received <= until))
