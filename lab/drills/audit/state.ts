import { copyWasStruck, replicaWasStopped, serviceWasKilled } from './effect.ts'
import { type Evidence, fail, lastOf, pass, seconds, unknown, type Verdict, worst } from './evidence.ts'
import { holdersAt, twice } from './holders.ts'
import type { Sample } from './sample.ts'
import { atOnce, byNode, certainSpans, darkness, overlaps, restartsOf } from './spans.ts'

const last = ({ row, samples, ended }: Evidence) => lastOf(samples, row.cluster.nodes, ended)

const copies = (evidence: Evidence): Verdict => {
  if (!evidence.row.cluster.traits.includes('drbd')) return pass('')
  const ends = last(evidence).map((sample) =>
    sample ? `${sample.node} ${sample.role} ${sample.disk} ${sample.connection}` : '',
  )
  if (ends.some((end) => end === '')) return unknown('a node did not tell the state of its copy')
  const [holder] = holdersAt(evidence, evidence.ended)
  const wanted = evidence.row.cluster.nodes.map(
    (node) => `${node} ${node === holder ? 'Primary' : 'Secondary'} UpToDate Connected`,
  )
  return ends.join() === wanted.join() ? pass('') : fail(`in the end: ${ends.join(', ')}`)
}

/** P: never two Primaries, never one file system mounted twice, both copies UpToDate in the end. Pure. */
export const judgeCopies = (evidence: Evidence): Verdict => {
  const { samples, row } = evidence
  const both = (holds: (sample: Sample) => boolean) => atOnce(samples, row.cluster.nodes, holds)
  return worst([
    twice(
      evidence,
      'Primaries',
      both(({ role }) => role === 'Primary'),
    ),
    twice(
      evidence,
      'mounts of one file system',
      both(({ mounted }) => mounted),
    ),
    copyWasStruck(evidence),
    copies(evidence),
  ])
}

const complete = (evidence: Evidence): Verdict => {
  const wrong = last(evidence).flatMap((sample) => {
    if (!sample) return ['a node did not tell its services']
    const wanted = sample.vip ? evidence.row.cluster.units : []
    return [...sample.units].sort().join() === [...wanted].sort().join()
      ? []
      : [`${sample.node} runs ${sample.units.join(', ') || 'nothing'} in the end`]
  })
  return wrong.length > 0 ? fail(wrong.join('; ')) : pass('')
}

/** S: no clustered service runs on one node while the other one has the address. Pure. */
export const judgeServices = (evidence: Evidence): Verdict => {
  const nodes = byNode(evidence.samples, evidence.row.cluster.nodes)
  const stray = nodes.flatMap((own, index) =>
    nodes
      .filter((_, other) => other !== index)
      .flatMap((others) =>
        overlaps(
          certainSpans(own, ({ vip }) => vip),
          certainSpans(others, ({ units }) => units.length > 0),
        ),
      ),
  )
  const both = atOnce(evidence.samples, evidence.row.cluster.nodes, ({ units }) => units.length > 0)
  return worst([
    twice(evidence, 'nodes with services', [...both, ...stray]),
    serviceWasKilled(evidence),
    complete(evidence),
  ])
}

// Milliseconds: a database is asked rarely, by a connection of its own, which a node that boots is slow to open.
const darkDatabase = 30_000

// A server that is there and does not say whether it takes writes may do so.
const databasesSeen = ({ row, samples, databases, away, injected, ended }: Evidence): Verdict => {
  const known = databases.filter(({ writable }) => writable !== undefined)
  const dark = row.cluster.nodes.flatMap((node) => {
    const boots = restartsOf(samples, node).map(({ from, to }) => ({ from, to: to + darkDatabase }))
    return darkness(
      known,
      node,
      [...(away[node] ?? []), ...boots],
      { from: injected, to: ended },
      darkDatabase,
    ).map(
      ({ from, to }) => `nobody knows whether the database of ${node} took writes for ${seconds(to - from)}`,
    )
  })
  return dark.length > 0 ? unknown(dark.join('; ')) : pass('')
}

/** R: never two databases that take writes; in the end the other one follows. Pure. */
export const judgeReplication = (evidence: Evidence): Verdict => {
  const { row, databases, ended } = evidence
  const [holder] = holdersAt(evidence, ended)
  const ends = lastOf(
    databases.filter(({ received }) => ended - received <= darkDatabase),
    row.cluster.nodes,
    ended,
  )
  const wrong = ends.flatMap((sample) => {
    if (!sample) return []
    const { node, answers, writable, io, sql } = sample
    if (!answers) return [`the database of ${node} does not answer`]
    if (node === holder && !writable) return [`the database of ${node} takes no writes`]
    if (node === holder)
      return io === 'Yes' || sql === 'Yes'
        ? [`the database of ${node} takes writes, and follows another`]
        : []
    if (writable) return [`the database of ${node} takes writes beside ${holder}`]
    return io === 'Yes' && sql === 'Yes'
      ? []
      : [`the database of ${node} does not follow: ${io || 'none'}/${sql || 'none'}`]
  })
  const silent = ends.some((sample) => !sample)
  return worst([
    twice(
      evidence,
      'writable databases',
      atOnce(databases, row.cluster.nodes, ({ writable }) => writable === true),
    ),
    wrong.length > 0 ? fail(wrong.join('; ')) : pass(''),
    silent ? unknown('a database did not tell its state in the end') : pass(''),
    databasesSeen(evidence),
    replicaWasStopped(evidence),
  ])
}
