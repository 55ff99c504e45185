import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ownState } from '../support/own-state.ts'

// Inside the project, so that the playbook finds the engine by the package's own name.
let folder: string
beforeEach(() => {
  folder = resolve(mkdtempSync('test/cli/playbook-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test.each([
  ['before any host is contacted', 'plays: (hosts) => [hosts.nothing.here]', 1],
  ['after that, when nobody knows what was done', 'preflight: (hosts) => [hosts.nothing.here]', 4],
])("a mistake in a playbook's code is told by its line, without a stack trace, %s", (_, mistake, exitCode) => {
  const playbook = join(folder, 'broken.mjs')
  const inventory = join(folder, 'inventory.yml')
  writeFileSync(inventory, 'all: { hosts: { here: { ansible_connection: local } } }\n')
  writeFileSync(
    playbook,
    `import { definePlaybook, run, z } from 'runsheet'
await run(definePlaybook({
  name: 'broken',
  description: 'Has a mistake.',
  hosts: 'all',
  vars: z.strictObject({}),
  plays: () => [],
  ${mistake},
}))
`,
  )
  const env = { ...process.env, ...ownState(folder) }
  const ran = spawnSync('npx', ['zx', playbook, '-i', inventory], { encoding: 'utf8', env })
  expect(ran.status).toBe(exitCode)
  expect(ran.stderr).toMatch(/E_UNEXPECTED TypeError: .*'here'/)
  expect(ran.stderr).toMatch(/broken\.mjs:8:\d+/)
  expect(ran.stderr).not.toMatch(/^\s+at .*\n\s+at /m)
})
