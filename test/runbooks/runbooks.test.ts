import { readdirSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { runbookOf, shown } from './shown.ts'

// The runbooks of the example inventories are kept for those who read before they install anything. They are made from
// the playbooks: `npm run runbooks` writes them, and this tells whether they are current. By the way it tells that the
// examples are right: schema and rules, without any contact.

// The last line of a playbook runs it; here it is only read.
vi.mock('runsheet', async (original) => ({ ...(await original<object>()), run: async () => {} }))

const FOLDER = new URL('../../playbooks/runbooks/', import.meta.url).pathname

describe.each(shown)('$name', (one) => {
  it('has a runbook that is current', async () => {
    await expect(await runbookOf(one)).toMatchFileSnapshot(`${FOLDER}${one.name}.md`)
  })

  it('reads the same on any day and any machine', async () => {
    const text = await runbookOf(one)
    expect(text).not.toMatch(/\b20\d\d-\d\d-\d\d\b/)
    expect(text).not.toContain(process.cwd())
  })
})

it('keeps none of a playbook that is gone', () => {
  const ours = shown.map(({ name }) => `${name}.md`)
  expect(readdirSync(FOLDER).filter((file) => !ours.includes(file))).toEqual([])
})
