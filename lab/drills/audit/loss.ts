import { type Account, judgeLedger, listIds, longestGap } from '../ledger/judge.ts'
import { type Evidence, fail, type Ledger, pass, seconds, unknown, type Verdict, worst } from './evidence.ts'
import { holdersAt } from './holders.ts'

/** The account of a ledger, or nothing where what is there could not be read. Pure. */
export const accountOf = (ledger: Ledger | undefined): Account | undefined =>
  ledger?.found && judgeLedger(ledger.notes, ledger.found)

/** A ledger with what may be missing in it. */
type Case = {
  readonly what: string
  readonly ledger: Ledger
  readonly allowed: 'none' | 'tail' | 'victim'
  readonly replicates: boolean
  readonly evidence: Evidence
}

// What a replica had not received when its source failed is the end of what was acknowledged by then.
const isEnd = (early: readonly number[], { notes }: Ledger, injected: number): boolean => {
  const before = notes.acked.filter(({ at }) => at <= injected)
  return before.slice(before.length - early.length).every(({ id }) => early.includes(id))
}

// Milliseconds: a replica that was further behind was none.
const oldestTail = 10_000

// Who took over promises for itself: the tail is one of what was acknowledged before that.
const judgeTail = ({ ledger, evidence }: Case, { lost, tail }: Account, told: string): Verdict => {
  const { acked } = ledger.notes
  const back = longestGap(acked, evidence.injected, evidence.ended)?.to ?? evidence.injected
  const late = acked.filter(({ id, at }) => at >= back && lost.includes(id)).map(({ id }) => id)
  if (late.length > 0) return fail(`${told}; acknowledged after the service came back: ${listIds(late)}`)
  const stale = acked.filter(({ id, at }) => at < evidence.injected - oldestTail && lost.includes(id))
  if (stale.length > 0)
    return fail(`${told}; acknowledged more than ${seconds(oldestTail)} before the fault: no tail`)
  return tail ? pass(`${told}, the asynchronous tail`) : fail(told)
}

// Of a split the survivor keeps all: what may be missing was acknowledged by the other one.
const judgeVictim = ({ ledger, evidence }: Case, { lost }: Account, told: string): Verdict => {
  const [survivor, ...more] = holdersAt(evidence, evidence.ended)
  if (survivor === undefined || more.length > 0) return unknown(`${told}; nobody knows who survived`)
  const notes = ledger.notes.acked.filter(({ id }) => lost.includes(id))
  const kept = notes.filter(({ node }) => node === survivor).map(({ id }) => id)
  if (kept.length > 0) return fail(`${told}; acknowledged by ${survivor}, which survived: ${listIds(kept)}`)
  const { nodes } = evidence.row.cluster
  if (notes.some(({ node = '' }) => !nodes.includes(node)))
    return unknown(`${told}; nobody knows who acknowledged them`)
  return pass(`${told}, the victim's`)
}

const judgeLost = (one: Case, account: Account): Verdict => {
  const { what, ledger, allowed, replicates, evidence } = one
  const { acked, lost } = account
  const told = `${lost.length} of ${acked} ${what} lost: ${listIds(lost)}`
  if (allowed === 'none') return fail(told)
  const times = new Map(ledger.notes.acked.map(({ id, at }) => [id, at]))
  const early = lost.filter((id) => (times.get(id) ?? 0) <= evidence.injected)
  if (early.length > 0 && !(replicates && isEnd(early, ledger, evidence.injected)))
    return fail(`${told}; acknowledged before the fault: ${listIds(early)}`)
  return (allowed === 'victim' ? judgeVictim : judgeTail)(one, account, told)
}

const judgeOne = (one: Case): Verdict => {
  const { what, ledger } = one
  const account = accountOf(ledger)
  if (!account) return unknown(`nobody knows which ${what} are there`)
  if (account.acked === 0) return unknown(`no ${what} were acknowledged`)
  const { lost, phantom, twice } = account
  if (phantom.length > 0) return fail(`phantom ${what}: ${listIds(phantom)}`)
  if (twice.length > 0) return fail(`${what} twice: ${listIds(twice)}`)
  return lost.length === 0 ? pass(`none of ${account.acked} ${what} lost`) : judgeLost(one, account)
}

/**
 * L: what was acknowledged is there, and nothing else; files are mirrored and keep all, rows as the mode promises. A
 * cluster that the drill does not befall keeps all of its own. Pure.
 */
export const judgeLoss = (evidence: Evidence): Verdict => {
  const { row, rows, files } = evidence
  const { lost } = row.drill.expect
  const { traits } = row.cluster
  const replicates = traits.includes('replication')
  const mayLag = replicates && !traits.includes('semi-sync')
  const ofRows = !traits.includes('database') || (lost === 'tail' && !mayLag) ? 'none' : lost
  const ofFiles = !traits.includes('files') || lost === 'tail' ? 'none' : lost
  const verdicts = [
    ...(rows ? [judgeOne({ what: 'rows', ledger: rows, allowed: ofRows, replicates, evidence })] : []),
    ...(files
      ? [judgeOne({ what: 'files', ledger: files, allowed: ofFiles, replicates: false, evidence })]
      : []),
  ]
  return verdicts.length > 0 ? worst(verdicts) : unknown('there was no ledger')
}
