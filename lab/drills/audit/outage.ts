import { needsHypervisor } from '../faults.ts'
import { longestGap } from '../ledger/judge.ts'
import { hasToServe, timeAlone } from '../scene.ts'
import { type Evidence, fail, type Ledger, pass, seconds, unknown, type Verdict } from './evidence.ts'

// The rows of a cluster that has no database are those of another one, which goes on.
const ledgerOf = ({ row, rows, files }: Evidence): Ledger | undefined =>
  row.cluster.traits.includes('database') ? (rows ?? files) : (files ?? rows)

/** Milliseconds without an acknowledged write, or nothing where nobody knows. Pure. */
export const outageOf = (evidence: Evidence): number | undefined => {
  const gap = longestGap(ledgerOf(evidence)?.notes.acked ?? [], evidence.injected, evidence.ended)
  return gap && gap.to - gap.from
}

/** Of the drill where silence is told from death after 10 s, as it is by default. */
const USUAL_DEADTIME = 10

// Only after the deadtime something moves, where somebody fell silent; and while one node is alone the drill itself waits.
const budgetOf = ({ row: { drill, cluster } }: Evidence): number => {
  const silent = drill.expect.holder !== 'stays' && drill.faults.some(({ fault }) => needsHypervisor(fault))
  const waiting = drill.first ? timeAlone(cluster) : 0
  return drill.expect.seconds + waiting + (silent ? Math.max(0, cluster.deadtime - USUAL_DEADTIME) : 0)
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
