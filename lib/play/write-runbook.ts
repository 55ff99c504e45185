import { writeFileSync } from 'node:fs'
import { InvalidInput } from '../errors.ts'
import type { Inventory } from '../inventory/index.ts'
import type { Plan } from '../plan/index.ts'
import { renderRunbook } from '../runbook/index.ts'

/**
 * Writes the runbook of a plan.
 *
 * @returns what to say of it
 * @throws InvalidInput where the file cannot be written, and as `renderRunbook` does
 */
export function writeRunbook(plan: Plan, inventory: Inventory, file: string): string {
  if (!file.endsWith('.md'))
    throw new InvalidInput([{ message: `a runbook is Markdown, and ${file} does not end in .md` }])
  const text = renderRunbook(plan, inventory)
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw new InvalidInput([{ message: `cannot write the runbook: ${(error as Error).message}` }])
  }
  return `${file}: a runbook to read and paste from; \`npx zx ${file}\` runs it`
}
