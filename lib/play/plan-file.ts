import { readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { hashOf, OUTCOMES, type PlanFile } from '../apply/index.ts'
import { InvalidInput } from '../errors.ts'

const entry = z.strictObject({
  play: z.string(),
  name: z.string(),
  kind: z.string(),
  id: z.string(),
  delegate: z.string().exactOptional(),
  outcome: z.enum(OUTCOMES),
  reason: z.string().exactOptional(),
  changes: z.array(z.string()).exactOptional(),
  wish: z.string(),
})

const schema = z.strictObject({
  format: z.literal('runsheet plan 1'),
  playbook: z.string(),
  hosts: z.record(z.string(), z.array(entry)),
  hash: z.string(),
})

/** @throws InvalidInput for a file that is no plan, or that was changed since it was written */
export function readPlan(file: string): PlanFile {
  const plan = schema.safeParse(parse(file))
  if (!plan.success) throw invalid(file, `this is no plan: ${z.prettifyError(plan.error)}`)
  if (hashOf(plan.data) !== plan.data.hash) throw invalid(file, 'the plan was changed after it was written')
  return plan.data
}

/** @throws InvalidInput where it cannot be written */
export function writePlan(file: string, plan: PlanFile): void {
  try {
    writeFileSync(file, `${JSON.stringify(plan, undefined, 2)}\n`)
  } catch (error) {
    throw invalid(file, (error as Error).message)
  }
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw invalid(file, (error as Error).message)
  }
}

function invalid(file: string, message: string): InvalidInput {
  const hint = 'write one with --plan FILE, and give it to --apply as it is'
  return new InvalidInput([{ message, place: { file, line: 1 }, hint }])
}
