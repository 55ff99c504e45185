import { setTimeout as sleep } from 'node:timers/promises'
import { lastOf } from '../audit/evidence.ts'
import { holdersAt } from '../audit/holders.ts'
import { darkAfter, type Span } from '../audit/spans.ts'
import type { Blow, Role } from '../drill.ts'
import type { Row } from '../scene.ts'
import type { Ground } from './ground.ts'
import type { Watch } from './watch.ts'

/** Milliseconds that one expectation is waited for; where emulated machines need minutes, real ones need seconds. */
export const patience = (ground: Ground): number => (ground.emulated ? 900_000 : 240_000)

/** What a drill knows of itself while it runs. */
export type Course = {
  readonly ground: Ground
  readonly row: Row
  readonly active: string
  readonly standby: string
  readonly watch: Watch
  readonly away: Record<string, Span[]>
  readonly tell: (line: string) => void
}

/** The nodes that a role stands for. */
export const nodesOf = ({ active, standby }: Course, role: Role): string[] =>
  role === 'both' ? [active, standby] : [role === 'active' ? active : standby]

/** Waits for something to become true. Throws Error with what was waited for. */
export const until = async (course: Course, what: string, condition: () => boolean): Promise<void> => {
  course.tell(`waiting: ${what}`)
  const end = Date.now() + patience(course.ground)
  while (!condition()) {
    if (Date.now() > end) throw new Error(`waited ${patience(course.ground) / 1000} s in vain: ${what}`)
    await sleep(200)
  }
}

/** Whether anything was acknowledged after a moment. */
export const served = ({ watch: { rows, files } }: Course, since: number): boolean =>
  [rows, files].every((writer) => !writer || (writer.acked.at(-1)?.at ?? 0) > since)

/** Who holds the address now, as far as one knows. */
export const holders = ({ row, watch, away }: Course): string[] =>
  holdersAt({ row, samples: watch.samples, away }, Date.now())

/** Whether who holds the address runs all that heartbeat starts. */
export const complete = ({ row: { cluster }, watch: { samples } }: Course): boolean =>
  lastOf(samples, cluster.nodes, Date.now()).some(
    (sample) => sample?.vip && cluster.units.every((unit) => sample.units.includes(unit)),
  )

/** The node on which the shared storage is mounted, as far as one knows. */
export const whereMounted = ({ row: { cluster }, watch: { samples } }: Course): string | undefined =>
  lastOf(samples, cluster.nodes, Date.now()).find(
    (sample) => sample?.mounted && Date.now() - sample.received <= darkAfter,
  )?.node

/** Whether a node has answered to a question of after a moment. */
export const heard = ({ watch: { samples } }: Course, node: string, since: number): boolean =>
  samples.some((sample) => sample.node === node && sample.sent > since)

/** Whether a node does nothing at all under a fault, so that nobody needs to ask. */
export const takesAway = ({ fault }: Blow): boolean => fault === 'power-cut' || fault === 'freeze'
