import { type Evidence, seconds, type Verdicts } from '../audit/evidence.ts'
import { judge, passed } from '../audit/judge.ts'
import { accountOf } from '../audit/loss.ts'
import { outageOf } from '../audit/outage.ts'
import type { Account } from '../ledger/judge.ts'
import { isInside, type Row } from '../scene.ts'

/** A drill that was run and judged, or one that was not run, with the reason. */
export type Result = {
  readonly name: string
  readonly shows: string
  readonly passed: boolean
  /** Milliseconds without an acknowledged write; undefined where nobody knows. */
  readonly outage: number | undefined
  readonly rows: Account | undefined
  readonly files: Account | undefined
  readonly verdicts: Verdicts
  readonly evidence: Evidence | undefined
  readonly notRun: string | undefined
}

/** What is to be said of a drill that was run. Pure. */
export const resultOf = (evidence: Evidence): Result => {
  const verdicts = judge(evidence)
  return {
    name: evidence.row.name,
    shows: evidence.row.drill.shows,
    passed: passed(verdicts),
    outage: outageOf(evidence),
    rows: accountOf(evidence.rows),
    files: accountOf(evidence.files),
    verdicts,
    evidence,
    notRun: undefined,
  }
}

/** A drill that could not begin: it is not passed. Pure. */
export const notRun = (name: string, shows: string, why: string): Result => ({
  ...{ name, shows, passed: false, outage: undefined, rows: undefined, files: undefined },
  ...{ verdicts: {}, evidence: undefined, notRun: why },
})

const sum = (result: Result, count: (account: Account) => number): string => {
  const accounts = [result.rows, result.files].filter((account) => account !== undefined)
  return accounts.length > 0 ? String(accounts.reduce((all, account) => all + count(account), 0)) : '?'
}

/** The cells of a result: drill, passed, time without service, lost, phantom. What is not known is `?`. Pure. */
export const cellsOf = (result: Result): string[] => [
  result.name,
  result.notRun ? 'NOT RUN' : result.passed ? 'yes' : 'NO',
  result.outage === undefined ? '?' : seconds(result.outage),
  sum(result, ({ lost }) => lost.length),
  sum(result, ({ phantom }) => phantom.length),
]

export const columns = ['drill', 'passed', 'without service', 'lost', 'phantom'] as const

/** What is not as it should be, one line each: \`V fail: …\`. Pure. */
export const complaints = ({ verdicts, notRun: why }: Result): string[] =>
  why
    ? [`not run: ${why}`]
    : Object.entries(verdicts)
        .filter(([, { state }]) => state !== 'pass')
        .map(([observable, { state, why: told }]) => `${observable} ${state}: ${told}`)

/** The table for a terminal, with what is wrong below. Pure. */
export const renderTable = (results: readonly Result[]): string => {
  const rows = [[...columns], ...results.map(cellsOf)]
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  const wrong = results.flatMap((result) => complaints(result).map((line) => `${result.name}: ${line}`))
  return [...lines, ...(wrong.length > 0 ? ['', ...wrong] : [])].join('\n')
}

/** The drills that fit, one line each, and whether they need a hypervisor. Pure. */
export const renderList = (rows: readonly Row[]): string => {
  const width = Math.max(...rows.map(({ name }) => name.length))
  const means = (row: Row) => (isInside(row) ? 'anywhere  ' : 'hypervisor')
  return rows.map((row) => `${row.name.padEnd(width)}  ${means(row)}  ${row.drill.shows}`).join('\n')
}
