import type { Observable } from '../drill.ts'
import { type Evidence, fail, pass, unknown, type Verdict, type Verdicts, worst } from './evidence.ts'
import { judgeHolder } from './holders.ts'
import { judgeLoss } from './loss.ts'
import { judgeOutage } from './outage.ts'
import { judgeCopies, judgeReplication, judgeServices } from './state.ts'

/** Lines that no log may have, unless a drill allows them. grep -E looks for them, so they are written as it wants. */
export const forbidden: readonly RegExp[] = [
  /Split-Brain detected/,
  /both machines own our resources/,
  /EXT4-fs error|EXT4-fs.*(corrupt|already mounted)/,
  /Buffer I.O error|I.O error, dev/,
  /InnoDB: .*([Cc]orrupt|Assertion failure)/,
  /Kernel panic|BUG: |Oops: /,
  /No space left on device/,
  // Two heartbeats on one node: the next thing that moves is started by both, and torn down by both.
  /heartbeat[.]service: Unit process .* remains running/,
]

/** The lines that are forbidden to a drill. Pure. */
export const forbiddenLines = (lines: readonly string[], allows: readonly RegExp[] = []): string[] =>
  lines.filter((line) => forbidden.some((one) => one.test(line)) && !allows.some((one) => one.test(line)))

const judgeEnd = ({ forbidden: lines, status, drift, broken }: Evidence): Verdict =>
  worst([
    broken.length > 0 ? fail(broken.join('; ')) : pass(''),
    lines === undefined
      ? unknown('a log could not be read')
      : lines.length > 0
        ? fail(`forbidden in the logs: ${lines.slice(0, 3).join(' | ')}`)
        : pass(''),
    status === undefined
      ? unknown('status said nothing')
      : status.exitCode === 0
        ? pass('')
        : fail(`status: ${status.line}`),
    drift === undefined
      ? unknown('--check did not end')
      : drift.length > 0
        ? fail(`--check would change: ${drift.join(' | ')}`)
        : pass('--check finds nothing'),
  ])

const judges: Readonly<Record<Observable, (evidence: Evidence) => Verdict>> = {
  V: judgeHolder,
  P: judgeCopies,
  S: judgeServices,
  L: judgeLoss,
  R: judgeReplication,
  T: judgeOutage,
  C: judgeEnd,
}

const asked = (evidence: Evidence): Observable[] => {
  const { traits } = evidence.row.cluster
  const all = Object.keys(judges) as Observable[]
  return all.filter(
    (one) => (one !== 'P' || traits.includes('files')) && (one !== 'R' || traits.includes('replication')),
  )
}

/** What is to be said of each observable that the cluster has. Pure. */
export const judge = (evidence: Evidence): Verdicts =>
  Object.fromEntries(asked(evidence).map((one) => [one, judges[one](evidence)]))

/** Whether a drill is passed: every observable is, and what is unknown is not. Pure. */
export const passed = (verdicts: Verdicts): boolean => {
  const all = Object.values(verdicts)
  return all.length > 0 && all.every(({ state }) => state === 'pass')
}
