import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

// Inside the project, so that the playbook finds the engine by the package's own name.
let folder: string
beforeEach(() => {
  folder = mkdtempSync('test/cli/playbook-')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it("tells a mistake in a playbook's code by its line, without a stack trace", () => {
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
  plays: (hosts) => [hosts.nothing.here],
}))
`,
  )
  const ran = spawnSync('npx', ['zx', playbook, '-i', inventory], { encoding: 'utf8' })
  expect(ran.status).toBe(4)
  expect(ran.stderr).toMatch(/E_UNEXPECTED TypeError: .*'here'/)
  expect(ran.stderr).toMatch(/broken\.mjs:7:36/)
  expect(ran.stderr).not.toMatch(/^\s+at .*\n\s+at /m)
})
