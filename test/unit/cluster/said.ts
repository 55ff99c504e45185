import type { Answer, Guard } from '../../../lib/resource/contract.ts'

/** Answers by question; a text alone came with exit 0. */
export type Said = Record<string, string | Answer>

/** The lines of /proc/drbd of DRBD 8.4 for device 0. */
export function drbd(connection: string, roles: string, disks: string): string {
  return `version: 8.4.11\n 0: cs:${connection} ro:${roles} ds:${disks} C r-----\n    ns:0\n`
}

/** What a guard says to both nodes' answers: what is usual, and for either what differs from it. */
export function refusals(
  guard: Guard,
  usual: Said,
  node1: Said | undefined,
  node2: Said | undefined,
  host = 'node1',
) {
  const said = { node1, node2 }
  const evidence = new Map(
    Object.entries(said).flatMap(([name, answers]) =>
      answers ? [[name, asAnswers({ ...usual, ...answers })] as const] : [],
    ),
  )
  return guard.refuse(evidence, host)
}

function asAnswers(said: Said): Record<string, Answer> {
  const answers = Object.entries(said).map(([question, answer]) => [
    question,
    typeof answer === 'string' ? { exitCode: 0, stdout: answer, stderr: '' } : answer,
  ])
  return Object.fromEntries(answers)
}
