import type { Evidence } from '../audit/evidence.ts'
import { darkAfter } from '../audit/spans.ts'
import type { Note } from '../ledger/judge.ts'

/** A time in which a lane had one value; `mood` is the class that colours it. Milliseconds of the controller's clock. */
export type Segment = {
  readonly from: number
  readonly to: number
  readonly value: string
  readonly mood: Mood
}

export type Mood = 'ok' | 'changed' | 'failed' | 'unknown' | 'skipped'

/** One line of the picture. */
export type Lane = { readonly node: string; readonly what: string; readonly segments: readonly Segment[] }

type Point = { readonly sent: number; readonly received: number }
type Look = { readonly value: string; readonly mood: Mood }

/** Equal answers that follow each other become one segment; a long silence ends one. Pure. */
export const segmentsOf = <One extends Point>(
  points: readonly One[],
  look: (point: One) => Look,
): Segment[] => {
  const segments: { from: number; to: number; value: string; mood: Mood }[] = []
  for (const point of points) {
    const seen = look(point)
    const last = segments.at(-1)
    const near = last && point.sent - last.to <= darkAfter
    if (last && near) last.to = point.sent
    if (last && near && last.value === seen.value) last.to = point.received
    else segments.push({ from: point.sent, to: point.received, ...seen })
  }
  return segments.filter(({ value }) => value !== '')
}

const role = (value: string): Look => ({ value, mood: value === 'Primary' ? 'ok' : 'skipped' })

const copy = (disk: string, connection: string): Look => {
  const well = disk === 'UpToDate' && connection === 'Connected'
  return { value: disk ? `${disk}, ${connection}` : '', mood: well ? 'ok' : 'changed' }
}

const away = ({ away: all }: Evidence, node: string, ended: number): Segment[] =>
  (all[node] ?? []).map(({ from, to }) => ({
    from,
    to: Math.min(to, ended),
    value: 'off or frozen by the drill',
    mood: 'unknown',
  }))

const ofNode = (evidence: Evidence, node: string): Lane[] => {
  const { row, samples, databases, ended } = evidence
  const own = samples.filter((sample) => sample.node === node)
  const { traits, units } = row.cluster
  const gone = away(evidence, node, ended)
  const lane = (what: string, segments: readonly Segment[]): Lane => ({
    node,
    what,
    segments: [...segments, ...gone],
  })
  const services = (running: readonly string[]): Look => ({
    value: running.join(' '),
    mood: running.length === units.length ? 'ok' : 'changed',
  })
  return [
    lane(
      'address',
      segmentsOf(own, ({ vip }) => ({ value: vip ? row.cluster.vip : '', mood: 'ok' })),
    ),
    lane(
      'services',
      segmentsOf(own, (sample) => services(sample.units)),
    ),
    ...(traits.includes('drbd')
      ? [
          lane(
            'role',
            segmentsOf(own, (sample) => role(sample.role)),
          ),
          lane(
            'copy',
            segmentsOf(own, ({ disk, connection }) => copy(disk, connection)),
          ),
        ]
      : []),
    ...(traits.includes('replication')
      ? [
          lane(
            'database',
            segmentsOf(
              databases.filter((sample) => sample.node === node),
              ({ writable, io, sql }) =>
                writable
                  ? { value: 'takes writes', mood: 'ok' }
                  : {
                      value: `read-only ${io}/${sql}`,
                      mood: io === 'Yes' && sql === 'Yes' ? 'skipped' : 'changed',
                    },
            ),
          ),
        ]
      : []),
  ]
}

/** All lanes of a drill, node by node. Pure. */
export const lanesOf = (evidence: Evidence): Lane[] =>
  evidence.row.cluster.nodes.flatMap((node) => ofNode(evidence, node))

/** How many were acknowledged in each second from `from` on. Pure. */
export const perSecond = (acked: readonly Note[], from: number, to: number): number[] => {
  const counts = Array.from({ length: Math.ceil((to - from) / 1000) }, () => 0)
  for (const { at } of acked) {
    const second = Math.floor((at - from) / 1000)
    if (second in counts) counts[second] = (counts[second] ?? 0) + 1
  }
  return counts
}
