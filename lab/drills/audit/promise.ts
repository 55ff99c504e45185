import { needsHypervisor } from '../faults.ts'
import { type Account, judgeLedger, listIds, longestGap } from '../ledger/judge.ts'
import { type Evidence, fail, type Ledger, pass, seconds, unknown, type Verdict, worst } from './evidence.ts'

/** The account of a ledger, or nothing where what is there could not be read. Pure. */
export const accountOf = (ledger: Ledger | undefined): Account | undefined =>
  ledger?.found && judgeLedger(ledger.notes, ledger.found)

type Allowed = 'none' | 'tail' | 'victim'

/** A ledger with what may be missing in it, and when the fault came. */
type Case = {
  readonly what: string
  readonly ledger: Ledger
  readonly allowed: Allowed
  readonly injected: number
}

// What a replica had not received when its source failed is the end of what was acknowledged by then.
const isEnd = (early: readonly number[], { notes }: Ledger, injected: number): boolean => {
  const before = notes.acked.filter(({ at }) => at <= injected)
  return before.slice(before.length - early.length).every(({ id }) => early.includes(id))
}

const judgeLost = (
  { what, ledger, allowed, injected }: Case,
  account: Account,
  replicates: boolean,
): Verdict => {
  const { acked, lost, tail } = account
  const told = `${lost.length} of ${acked} ${what} lost: ${listIds(lost)}`
  const times = new Map(ledger.notes.acked.map(({ id, at }) => [id, at]))
  const early = lost.filter((id) => (times.get(id) ?? 0) <= injected)
  if (allowed === 'none') return fail(told)
  if (early.length > 0 && !(replicates && isEnd(early, ledger, injected)))
    return fail(`${told}; acknowledged before the fault: ${listIds(early)}`)
  if (allowed === 'victim') return pass(`${told}, the victim's`)
  return tail ? pass(`${told}, the asynchronous tail`) : fail(told)
}

const judgeOne = (one: Case, replicates: boolean): Verdict => {
  const { what, ledger } = one
  const account = accountOf(ledger)
  if (!account) return unknown(`nobody knows which ${what} are there`)
  if (account.acked === 0) return unknown(`no ${what} were acknowledged`)
  const { lost, phantom, twice } = account
  if (phantom.length > 0) return fail(`phantom ${what}: ${listIds(phantom)}`)
  if (twice.length > 0) return fail(`${what} twice: ${listIds(twice)}`)
  return lost.length === 0
    ? pass(`none of ${account.acked} ${what} lost`)
    : judgeLost(one, account, replicates)
}

/** L: what was acknowledged is there, and nothing else; files are mirrored and keep all, rows as the mode promises. Pure. */
export const judgeLoss = ({ row, rows, files, injected }: Evidence): Verdict => {
  const { lost } = row.drill.expect
  const replicates = row.cluster.traits.includes('replication')
  const ofRows = lost === 'tail' && !replicates ? 'none' : lost
  const ofFiles = lost === 'tail' ? 'none' : lost
  const verdicts = [
    ...(rows ? [judgeOne({ what: 'rows', ledger: rows, allowed: ofRows, injected }, replicates)] : []),
    ...(files ? [judgeOne({ what: 'files', ledger: files, allowed: ofFiles, injected }, false)] : []),
  ]
  return verdicts.length > 0 ? worst(verdicts) : unknown('there was no ledger')
}

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

// Only after the deadtime something moves, where somebody fell silent.
const budgetOf = ({ row: { drill, cluster } }: Evidence): number => {
  const silent = drill.expect.holder !== 'stays' && drill.faults.some(({ fault }) => needsHypervisor(fault))
  return drill.expect.seconds + (silent ? Math.max(0, cluster.deadtime - USUAL_DEADTIME) : 0)
}

/** T: seconds without service, against the budget where the machines are real. Pure. */
export const judgeOutage = (evidence: Evidence): Verdict => {
  const outage = outageOf(evidence)
  if (outage === undefined) return unknown('nothing was acknowledged before the fault')
  const acked = ledgerOf(evidence)?.notes.acked ?? []
  if (!acked.some(({ at }) => at > evidence.healed)) return fail('nothing was acknowledged any more')
  const budget = budgetOf(evidence)
  const told = `${seconds(outage)} without service`
  if (evidence.emulated) return pass(`${told}; emulated, so not judged by ${budget} s`)
  return outage > budget * 1000 ? fail(`${told}, more than ${budget} s`) : pass(told)
}
