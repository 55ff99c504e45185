import type { Evidence } from '../resource/contract.ts'
import { lines, type Shell, sh } from '../shell/sh.ts'

/** Why an answer forbids what is planned, one sentence each. */
type Check = (text: string) => string[]

/**
 * Judges the answers of one host. What was not answered, or not with exit 0, is a reason by itself: what is
 * not known is never taken for good.
 */
export function examine(evidence: Evidence, host: string, checks: Readonly<Record<string, Check>>): string[] {
  const answers = evidence.get(host)
  if (!answers) return [`${host} did not answer`]
  return Object.entries(checks).flatMap(([question, check]) => {
    const answer = answers[question]
    if (!answer) return [`${host} was not heard on its ${question}`]
    if (answer.exitCode !== 0) {
      const why = answer.stderr.trim() || answer.stdout.trim() || 'no message'
      return [`${host} cannot tell its ${question} (exit ${answer.exitCode}: ${why})`]
    }
    return check(answer.stdout).map((why) => `${host}: ${why}`)
  })
}

/** Why answers that must be the same on all hosts are not. What was not answered is a reason by itself. */
export function mustAgree(
  evidence: Evidence,
  hosts: readonly string[],
  question: string,
  otherwise: string,
): string[] {
  const unread = hosts.flatMap((host) => examine(evidence, host, { [question]: () => [] }))
  if (unread.length > 0) return unread
  const answers = new Set(hosts.map((host) => evidence.get(host)?.[question]?.stdout.trim()))
  return answers.size === 1 ? [] : [`${hosts.join(' and ')}: ${otherwise}`]
}

/** One question whose details differ from host to host, by the name that each gives itself. */
export function each(parts: Readonly<Record<string, Shell>>): Shell {
  return lines([
    sh`case $(uname -n) in`,
    ...Object.entries(parts).map(([host, part]) => sh`${host})\n${part}\n;;`),
    sh`*) echo "this question is not for $(uname -n)" >&2; false ;;`,
    sh`esac`,
  ])
}
