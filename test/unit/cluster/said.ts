import { spawnSync } from 'node:child_process'
import { expect } from 'vitest'
import { answerVariable } from '../../../lib/resource/answer-variable.ts'
import type { Answer, Demand, Evidence, Guard } from '../../../lib/resource/contract.ts'
import { quote } from '../../../lib/shell/quote.ts'

/** Answers by question; a text alone came with exit 0. */
export type Said = Record<string, string | Answer>

/** The lines of /proc/drbd of DRBD 8.4 for device 0. */
export function drbd(connection: string, roles: string, disks: string): string {
  return `version: 8.4.11\n 0: cs:${connection} ro:${roles} ds:${disks} C r-----\n    ns:0\n`
}

/**
 * What a guard says to both nodes' answers: what is usual, and for either what differs from it. The demands that
 * a runbook shows must come to the same, so each of them is put to the same answers.
 */
export function refusals(
  guard: Guard,
  usual: Said,
  node1: Said | undefined,
  node2: Said | undefined,
  host = 'node1',
) {
  const evidence = evidenceOf(usual, node1, node2)
  const reasons = guard.refuse(evidence, host)
  expect(guard.hosts.every((one) => evidence.has(one)) && demandsAgree(guard, evidence, host)).toBe(
    reasons.length === 0,
  )
  return reasons
}

export function evidenceOf(usual: Said, node1: Said | undefined, node2: Said | undefined): Evidence {
  return new Map(
    Object.entries({ node1, node2 }).flatMap(([name, answers]) =>
      answers ? [[name, asAnswers({ ...usual, ...answers })] as const] : [],
    ),
  )
}

/** Whether all demands hold, as a runbook finds it out: each host's shell judges its own answers. */
export function demandsAgree({ hosts, demands = [] }: Guard, evidence: Evidence, target: string): boolean {
  return demands.every((demand) => {
    const concerned = hosts.filter(
      (host) => demand.of === 'all' || (host === target) === (demand.of === 'target'),
    )
    const said = concerned.map((host) => demand.asks.map((question) => evidence.get(host)?.[question]))
    if (said.flat().some((answer) => answer?.exitCode !== 0)) return false
    if (!demand.holds) return new Set(said.map((answers) => JSON.stringify(answers))).size === 1
    return concerned.every((host, index) => holds(demand, host, said[index] ?? []))
  })
}

function holds({ asks, holds }: Demand, me: string, answers: readonly (Answer | undefined)[]): boolean {
  const given = asks.map((question, index) => {
    const answer = (answers[index]?.stdout ?? '').replace(/\n+$/, '')
    return `${answerVariable(question)}=${quote(answer)}`
  })
  const secrets = holds?.secrets.map((one) => `${one.variable}=${quote(one.reveal())}`) ?? []
  const script = [`me=${quote(me)}`, ...given, ...secrets, holds?.text].join('\n')
  return spawnSync('sh', { input: script }).status === 0
}

function asAnswers(said: Said): Record<string, Answer> {
  const answers = Object.entries(said).map(([question, answer]) => [
    question,
    typeof answer === 'string' ? { exitCode: 0, stdout: answer, stderr: '' } : answer,
  ])
  return Object.fromEntries(answers)
}
