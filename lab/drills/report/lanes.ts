import type { Evidence } from '../audit/evidence.ts'
import type { DatabaseSample, Sample } from '../audit/sample.ts'
import { darkAfter } from '../audit/spans.ts'
import type { Note } from '../ledger/judge.ts'

/** A time in which a lane had one value; `mood` is the class that colours it. Milliseconds of the controller's clock. */
export type Segment = {
  readonly from: number
  readonly to: number
  readonly value: string
  readonly mood: Mood
}

type Mood = 'ok' | 'changed' | 'failed' | 'unknown' | 'skipped'

/** One line of the picture. */
type Lane = { readonly node: string; readonly what: string; readonly segments: readonly Segment[] }

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

const database = ({ answers, writable, io, sql }: DatabaseSample): Look => {
  if (!answers) return { value: 'does not answer', mood: 'failed' }
  if (writable) return { value: 'takes writes', mood: 'ok' }
  return { value: `read-only ${io}/${sql}`, mood: io === 'Yes' && sql === 'Yes' ? 'skipped' : 'changed' }
}

const services = (running: readonly string[], all: readonly string[]): Look => ({
  value: running.join(' '),
  mood: running.length === all.length ? 'ok' : 'changed',
})

const ofNode = (evidence: Evidence, node: string): Lane[] => {
  const { row, samples, databases, ended } = evidence
  const { traits, units, vip } = row.cluster
  const own = samples.filter((sample) => sample.node === node)
  const lane = (what: string, look: (sample: Sample) => Look): Omit<Lane, 'node'> => ({
    what,
    segments: segmentsOf(own, look),
  })
  const data = segmentsOf(
    databases.filter((sample) => sample.node === node),
    database,
  )
  const lanes = [
    lane('address', (sample) => ({ value: sample.vip ? vip : '', mood: 'ok' })),
    lane('services', (sample) => services(sample.units, units)),
    ...(traits.includes('drbd')
      ? [
          lane('role', (sample) => role(sample.role)),
          lane('copy', (sample) => copy(sample.disk, sample.connection)),
        ]
      : []),
    ...(traits.includes('replication') ? [{ what: 'database', segments: data }] : []),
  ]
  const gone = away(evidence, node, ended)
  return lanes.map(({ what, segments }) => ({ node, what, segments: [...segments, ...gone] }))
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
