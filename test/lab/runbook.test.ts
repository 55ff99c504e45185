import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as lab from '../../lab/index.ts'
import { play } from './laboratory.ts'
import { log, nameOf } from './labs.ts'

// A runbook and its playbook end in the same state: bare machines, the runbook alone, and then the playbook looks.

let folder = ''

beforeAll(async () => {
  process.env.LAB_NAME = nameOf('runbook')
  process.env.LAB_TOPOLOGY = 'two-node'
  await lab.destroy({ log })
  folder = dirname((await lab.up({ log })).inventory)
})
afterAll(() => lab.destroy({ log }))

it('leads to what the playbook has nothing to change about', async () => {
  const file = join(folder, 'two-node.md')
  expect(await zx({}, 'playbooks/two-node.mjs', '--lab', '--runbook', file)).toBe(0)
  const secrets = {
    secret_heartbeat_key: secret('heartbeat.key'),
    secret_database_accounts_0_password: secret('ledger.password'),
  }
  for (const value of Object.values(secrets)) expect(readFileSync(file, 'utf8')).not.toContain(value)
  expect(await zx(secrets, file)).toBe(0)
  const check = await play('two-node', '--check')
  expect(check.recap).toMatchObject({ changed: 0, exitCode: 0 })
  expect(check.tasks('would-change')).toEqual([])
})

const secret = (name: string) => readFileSync(join(folder, name), 'utf8').trim()

function zx(secrets: Readonly<Record<string, string>>, ...args: string[]): Promise<number | null> {
  const env = { ...process.env, ...secrets }
  const child = spawn('npx', ['zx', ...args], { stdio: ['ignore', 'inherit', 'inherit'], env })
  return new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
}
