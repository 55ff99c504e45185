import type { Drill } from '../drill.ts'
import { needsHypervisor } from '../faults.ts'
import { longestGap } from '../ledger/judge.ts'
import { type Cluster, hasToServe, timeAlone } from '../scene.ts'
import { type Evidence, fail, type Ledger, pass, seconds, unknown, type Verdict } from './evidence.ts'

// What a cluster has not itself is written to another one, which goes on.
const ledgersOf = ({ row: { cluster }, rows, files }: Evidence): Ledger[] => {
  const has = { database: cluster.traits.includes('database'), files: cluster.traits.includes('files') }
  const own = [has.database ? rows : undefined, has.files ? files : undefined].filter(
    (one) => one !== undefined,
  )
  return own.length > 0 ? own : [rows ?? files].filter((one) => one !== undefined)
}

// What is killed takes no write with it where only its own users notice: the longest time in which no node ran all.
const withoutService = ({ row: { drill, cluster }, samples, injected, ended }: Evidence): number => {
  if (drill.evident !== 'killed') return 0
  const whole = samples.filter(({ vip, units }) => vip && cluster.units.every((unit) => units.includes(unit)))
  const notes = whole.map(({ sent }) => ({ id: 0, at: sent }))
  const gap = longestGap(notes, injected, ended)
  return gap ? gap.to - gap.from : ended - injected
}

/** The longest time without an acknowledged row, or file, in milliseconds; nothing where nobody knows. Pure. */
export const outageOf = (evidence: Evidence): number | undefined => {
  const gaps = ledgersOf(evidence).map(({ notes }) =>
    longestGap(notes.acked, evidence.injected, evidence.ended),
  )
  const lengths = gaps.map((gap) => gap && gap.to - gap.from).filter((length) => length !== undefined)
  const known = lengths.length > 0 && lengths.length === gaps.length
  return known ? Math.max(...lengths, withoutService(evidence)) : undefined
}

/** Of the drill where silence is told from death after 10 s, as it is by default. */
const USUAL_DEADTIME = 10

// Seconds more where both nodes see one disk: who takes over stands back for 10 s, and looks for 11 s, after a crash twice,
// whether somebody else writes to the file system.
const onDisk = ({ expect }: Drill, silent: boolean): number => {
  if (expect.holder === 'stays') return 0
  return silent ? 10 + 2 * 11 : 11
}

// Seconds more where DRBD holds all writes: a peer that lives is asked after 15 s to be outdated, one that is dead is reset.
const untilProven = ({ expect }: Drill, { traits, deadtime }: Cluster): number =>
  expect.alone && traits.includes('drbd') && traits.includes('fenced')
    ? 20 + Math.max(0, deadtime - USUAL_DEADTIME)
    : 0

// Only after the deadtime something moves, where somebody fell silent; and while one node is alone the drill itself waits.
const budgetOf = ({ row: { drill, cluster } }: Evidence): number => {
  const silent = drill.expect.holder !== 'stays' && drill.faults.some(({ fault }) => needsHypervisor(fault))
  const waiting = drill.first ? timeAlone(cluster) : 0
  const late = silent ? Math.max(0, cluster.deadtime - USUAL_DEADTIME) : 0
  const ofStorage = cluster.traits.includes('lun') ? onDisk(drill, silent) : untilProven(drill, cluster)
  return drill.expect.seconds + waiting + late + ofStorage
}

const ackedBetween = (ledger: Ledger, from: number, to: number): boolean =>
  ledger.notes.acked.some(({ at }) => at > from && at < to)

// An answer to what was written before the fault may come within a second of it.
const servesUnder = ({ row, rows, files, injected, healed }: Evidence): boolean =>
  !hasToServe(row.drill) ||
  [rows, files].every((ledger) => !ledger || ackedBetween(ledger, injected + 1000, healed))

// Of what the cluster has itself: each is served again.
const servesAgain = ({ row, rows, files, healed, ended }: Evidence): boolean => {
  const { traits } = row.cluster
  const own = [traits.includes('database') ? rows : undefined, traits.includes('files') ? files : undefined]
  return own.every((ledger) => !ledger || ackedBetween(ledger, healed, ended))
}

/** T: seconds without service, against the budget where the machines are real. Pure. */
export const judgeOutage = (evidence: Evidence): Verdict => {
  const outage = outageOf(evidence)
  if (outage === undefined) return unknown('nothing was acknowledged before the fault')
  if (!servesAgain(evidence)) return fail('nothing was acknowledged any more')
  if (!servesUnder(evidence)) return fail('nothing was acknowledged under the fault')
  const budget = budgetOf(evidence)
  const told = `${seconds(outage)} without service`
  if (evidence.emulated) return pass(`${told}; emulated, so not judged by ${budget} s`)
  return outage > budget * 1000 ? fail(`${told}, more than ${budget} s`) : pass(told)
}
