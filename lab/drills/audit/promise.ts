import { type Account, judgeLedger, listIds, longestGap } from '../ledger/judge.ts'
import { type Evidence, fail, type Ledger, pass, seconds, unknown, type Verdict, worst } from './evidence.ts'

/** The account of a ledger, or nothing where what is there could not be read. Pure. */
export const accountOf = (ledger: Ledger | undefined): Account | undefined =>
  ledger?.found && judgeLedger(ledger.notes, ledger.found)

type Allowed = 'none' | 'tail' | 'victim'

const judgeOne = (what: string, ledger: Ledger, allowed: Allowed): Verdict => {
  const account = accountOf(ledger)
  if (!account) return unknown(`nobody knows which ${what} are there`)
  if (account.acked === 0) return unknown(`no ${what} were acknowledged`)
  const { lost, phantom, twice } = account
  if (phantom.length > 0) return fail(`phantom ${what}: ${listIds(phantom)}`)
  if (twice.length > 0) return fail(`${what} twice: ${listIds(twice)}`)
  if (lost.length === 0) return pass(`none of ${account.acked} ${what} lost`)
  const told = `${lost.length} of ${account.acked} ${what} lost: ${listIds(lost)}`
  if (allowed === 'victim') return pass(`${told}, the victim's`)
  return allowed === 'tail' && account.tail ? pass(`${told}, the asynchronous tail`) : fail(told)
}

/** L: what was acknowledged is there, and nothing else; files are mirrored and keep all, rows as the mode promises. Pure. */
export const judgeLoss = ({ row, rows, files }: Evidence): Verdict => {
  const { lost } = row.drill.expect
  const replicates = row.cluster.traits.includes('replication')
  const ofRows = lost === 'tail' && !replicates ? 'none' : lost
  const verdicts = [
    ...(rows ? [judgeOne('rows', rows, ofRows)] : []),
    ...(files ? [judgeOne('files', files, lost === 'tail' ? 'none' : lost)] : []),
  ]
  return verdicts.length > 0 ? worst(verdicts) : unknown('there was no ledger')
}

/** Milliseconds without an acknowledged row, or nothing where nobody knows. Pure. */
export const outageOf = ({ rows, files, injected, ended }: Evidence): number | undefined => {
  const gap = longestGap((rows ?? files)?.notes.acked ?? [], injected, ended)
  return gap && gap.to - gap.from
}

/** T: seconds without service, against the budget where the machines are real. Pure. */
export const judgeOutage = (evidence: Evidence): Verdict => {
  const outage = outageOf(evidence)
  if (outage === undefined) return unknown('nothing was acknowledged before the fault')
  const acked = (evidence.rows ?? evidence.files)?.notes.acked ?? []
  if (!acked.some(({ at }) => at > evidence.healed)) return fail('nothing was acknowledged any more')
  const budget = evidence.row.drill.expect.seconds
  const told = `${seconds(outage)} without service`
  if (evidence.emulated) return pass(`${told}; emulated, so not judged by ${budget} s`)
  return outage > budget * 1000 ? fail(`${told}, more than ${budget} s`) : pass(told)
}
