import { type Evidence, fail, lastOf, pass, unknown, type Verdict, worst } from './evidence.ts'
import { holdersAt, twice } from './holders.ts'
import type { Sample } from './sample.ts'
import { atOnce, byNode, certainSpans, darkAfter, type Observed, overlaps } from './spans.ts'

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

const signs = {
  outdated: ({ disk }: Sample) => disk === 'Outdated',
  diskless: ({ disk }: Sample) => disk === 'Diskless',
}

const under = <One extends Observed>(samples: readonly One[], { injected, healed }: Evidence): One[] =>
  samples.filter(({ sent, received }) => sent > injected && received < healed)

const tookEffect = (evidence: Evidence): Verdict => {
  const { evident } = evidence.row.drill
  if (evident !== 'outdated' && evident !== 'diskless') return pass('')
  return under(evidence.samples, evidence).some(signs[evident])
    ? pass('')
    : unknown(`DRBD was never seen ${evident} under the fault`)
}

const wasStopped = (evidence: Evidence): Verdict =>
  evidence.row.drill.evident !== 'stopped' ||
  under(evidence.databases, evidence).some(({ sql }) => sql === 'No')
    ? pass('')
    : unknown('the replication was never seen stopped under the fault')

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
    tookEffect(evidence),
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
  return worst([twice(evidence, 'nodes with services', stray), complete(evidence)])
}

/** R: never two databases that take writes; in the end the other one follows. Pure. */
export const judgeReplication = (evidence: Evidence): Verdict => {
  const { row, databases, ended } = evidence
  const [holder] = holdersAt(evidence, ended)
  const ends = lastOf(
    databases.filter(({ received }) => ended - received <= darkAfter),
    row.cluster.nodes,
    ended,
  )
  const wrong = ends.flatMap((sample) => {
    if (!sample) return []
    const { node, answers, writable, io, sql } = sample
    if (!answers) return [`the database of ${node} does not answer`]
    if (node === holder) return writable ? [] : [`the database of ${node} takes no writes`]
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
      atOnce(databases, row.cluster.nodes, ({ writable }) => writable),
    ),
    wrong.length > 0 ? fail(wrong.join('; ')) : pass(''),
    silent ? unknown('a database did not tell its state in the end') : pass(''),
    wasStopped(evidence),
  ])
}
