import { judgeBeside } from './beside.ts'
import { startedAnew } from './effect.ts'
import {
  type Evidence,
  fail,
  lastOf,
  lengthOf,
  pass,
  seconds,
  splits,
  unknown,
  type Verdict,
  worst,
} from './evidence.ts'
import { judgeFencing } from './fencing.ts'
import { atOnce, byNode, darkAfter, darkness, restartsOf, runsOf } from './spans.ts'

type Seen = Pick<Evidence, 'row' | 'samples' | 'away'>

/** Who is known to hold the address at that time; not by what was said long ago, nor one that is off or frozen. Pure. */
export const holdersAt = ({ row, samples, away }: Seen, time: number): string[] =>
  lastOf(samples, row.cluster.nodes, time).flatMap((sample) =>
    sample?.vip &&
    time - sample.received <= darkAfter &&
    !away[sample.node]?.some(({ from, to }) => from <= time && time <= to)
      ? [sample.node]
      : [],
  )

/** Two of what there must be one of: expected where the drill makes a split, until that is mended; a failure otherwise. Pure. */
export const twice = (
  evidence: Evidence,
  what: string,
  spans: readonly { from: number; to: number }[],
): Verdict => {
  if (spans.length === 0) return pass('')
  const told = `two ${what} for ${seconds(lengthOf(spans))}`
  if (!splits(evidence)) return fail(told)
  const later = spans.filter(({ to }) => to > evidence.recovered)
  return later.length > 0
    ? fail(`${told}, still after the recovery`)
    : pass(`${told}, as expected without fencing`)
}

// A drill that makes a split has to show one, in any part of the service.
const splitWasSeen = (evidence: Evidence): Verdict => {
  if (!splits(evidence)) return pass('')
  const serves = ({ vip, role, mounted, units }: Evidence['samples'][number]) =>
    vip || role === 'Primary' || mounted || units.length > 0
  return atOnce(evidence.samples, evidence.row.cluster.nodes, serves).length > 0
    ? pass('')
    : unknown('the split was never seen')
}

const seen = ({ row, samples, away, injected, ended }: Evidence): Verdict => {
  const whole = { from: injected, to: ended }
  const dark = row.cluster.nodes.flatMap((node) =>
    darkness(samples, node, [...(away[node] ?? []), ...restartsOf(samples, node)], whole).map(
      ({ from, to }) => `nobody knows what ${node} did for ${seconds(to - from)}`,
    ),
  )
  return dark.length > 0 ? unknown(dark.join('; ')) : pass('')
}

const beforeHealing = (evidence: Evidence): Verdict => {
  const { row, active, standby, injected, healed } = evidence
  const { holder } = row.drill.expect
  const held = holdersAt(evidence, healed)
  const told = `${held.join(' and ') || 'no node'} had the address under the fault`
  if (holder === 'none') return held.length === 0 ? pass('') : fail(`${told}, expected: none`)
  if (holder === 'two') return held.length === 2 ? pass('') : fail(`${told}, expected: both`)
  if (holder === 'any') return held.length > 0 ? pass(told) : fail(told)
  const wanted = holder === 'moves' ? standby : active
  if (held.join() !== wanted) return fail(`${told}, expected: ${wanted}`)
  const strayed =
    holder === 'stays' &&
    evidence.samples.some(
      ({ node, vip, sent }) => vip && node === standby && sent > injected && sent < healed,
    )
  return strayed ? fail(`${standby} had the address for a while`) : pass(told)
}

// Its copy may be old, and only the other one could tell.
const whileAlone = ({ row, samples, away, active, standby, healed }: Evidence): Verdict => {
  if (row.drill.first !== 'standby') return pass('')
  const until = away[active]?.at(-1)?.to ?? Number.POSITIVE_INFINITY
  const alone = samples.filter(({ node, sent }) => node === standby && sent >= healed && sent < until)
  if (alone.length === 0) return unknown(`nobody knows what ${standby} did while it was alone`)
  return alone.some(({ vip, role }) => vip || role === 'Primary')
    ? fail(`${standby} served alone, though its copy may be old`)
    : pass('')
}

// How often the address was on another node than before. By the runs in which a node held it and not by single samples: an
// answer may come late.
const movesOf = ({ row, samples, active, injected }: Evidence): number => {
  const later = byNode(samples, row.cluster.nodes).map((own) => own.filter(({ sent }) => sent > injected))
  const runs = later.flatMap((own) => runsOf(own, ({ vip }) => vip).map(([first]) => first))
  const held = [active, ...runs.sort((left, right) => left.sent - right.sent).map(({ node }) => node)]
  return held.filter((node, index) => index > 0 && node !== held[index - 1]).length
}

// A node that comes back must not take the service from the one that has it.
const movedAsExpected = (evidence: Evidence): Verdict => {
  const { holder, moves = holder === 'stays' ? 0 : 1 } = evidence.row.drill.expect
  if (splits(evidence)) return pass('')
  const seen = movesOf(evidence)
  const either = holder === 'any' || holder === 'none'
  if (seen === moves || (either && seen < moves)) return pass('')
  return fail(`moves of the address: ${seen}, expected: ${either ? 'at most ' : ''}${moves}`)
}

const inTheEnd = (evidence: Evidence): Verdict => {
  const { row, active, ended } = evidence
  const held = holdersAt(evidence, ended)
  const told = `${held.join(' and ') || 'no node'} has the address in the end`
  if (held.length !== 1) return fail(told)
  const bound = row.drill.first === 'active' && row.cluster.home === active
  return bound && held[0] !== active
    ? fail(`${told}, expected: ${active}`)
    : pass(`${held[0]} has it in the end`)
}

/** V: exactly one node holds the address, and nothing moves where no fault was. Pure. */
export const judgeHolder = (evidence: Evidence): Verdict => {
  const both = atOnce(evidence.samples, evidence.row.cluster.nodes, ({ vip }) => vip)
  const two = twice(evidence, 'holders of the address', both)
  const known = seen(evidence)
  // What nobody saw is not told as if it had been seen; two holders were seen whatever else was not.
  if (two.state === 'pass' && known.state === 'unknown') return known
  const others = evidence.beside.map((one) => judgeBeside(one, evidence))
  return worst([
    two,
    beforeHealing(evidence),
    whileAlone(evidence),
    movedAsExpected(evidence),
    startedAnew(evidence),
    splitWasSeen(evidence),
    judgeFencing(evidence),
    inTheEnd(evidence),
    ...others,
  ])
}
