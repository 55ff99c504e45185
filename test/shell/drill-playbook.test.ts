import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runPlaybook } from '../../lab/drills/run/ground.ts'

const home = process.cwd()
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runsheet-staging-'))
  process.chdir(folder)
})
afterEach(() => {
  process.chdir(home)
  rmSync(folder, { recursive: true })
})

it("a drill's playbooks read the inventory that the operator named, in the operator's folder", async () => {
  writeFileSync('inventory.yml', 'all: { children: { cluster: { hosts: { staging1: {} } } } }\n')
  const { stdout, stderr } = await runPlaybook(['-i', 'inventory.yml'], {}, 'status', {})
  expect(stdout + stderr).toContain('inventory.yml:1:40: address is missing for host staging1')
})
