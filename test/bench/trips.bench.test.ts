import { mkdtempSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Link, startLink } from '../support/proxy.ts'
import { type Sshd, startSshd } from '../support/sshd.ts'
import { collect, type Measured, measure, writeInventory } from './process.ts'

/** Milliseconds that every byte takes, each way. */
const DELAY = 25

let sshd: Sshd
let link: Link
let bare: number
let knownHostsFile: string
beforeAll(async () => {
  sshd = await startSshd()
  link = await startLink(sshd.port, DELAY)
  knownHostsFile = sshd.knownHosts(`[127.0.0.1]:${link.port} ${sshd.hostKeys.ed25519}`)
  bare = await seconds(() => ssh())
  console.log(`ssh host true: ${bare.toFixed(2)} s`)
})
afterAll(async () => {
  await link.stop()
  await sshd.stop()
})

async function ssh(): Promise<void> {
  const options = [
    'BatchMode=yes',
    `UserKnownHostsFile=${knownHostsFile}`,
    `IdentityFile=${sshd.folder}/login`,
  ]
  const words = ['-F', 'none', ...options.flatMap((one) => ['-o', one]), '-p', String(link.port)]
  const { code, stderr } = await collect('ssh', [...words, `${userInfo().username}@127.0.0.1`, 'true'])
  if (code !== 0) throw new Error(`ssh ended with ${code}: ${stderr}`)
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

const fresh = (count: number) => {
  const folder = mkdtempSync(join(tmpdir(), 'runsheet-bench-'))
  const privateKeyFile = `${sshd.folder}/login`
  const target = { name: 'target', address: '127.0.0.1', port: link.port, privateKeyFile, knownHostsFile }
  return writeInventory(folder, [target], count)
}

const say = (what: string, { seconds: took, hosts }: Measured) =>
  console.log(
    `${what}: ${took.toFixed(2)} s, ${hosts.target?.trips} round trips, ${(took / bare).toFixed(1)} × ssh`,
  )

// A bound in seconds would fail on a busy machine for no fault of ours: the bound is what ssh takes at that moment.
test.each([
  [50, 8],
  [250, 14],
])('%i tasks', async (count, bound) => {
  const inventory = fresh(count)
  const changed = await measure(inventory)
  say(`${count} changes`, changed)
  expect(changed.hosts.target).toMatchObject({ changed: count, ok: 0, trips: 4 })
  const same = await measure(inventory)
  say(`${count} tasks, no change`, same)
  expect(same.hosts.target).toMatchObject({ changed: 0, ok: count, trips: 3 })
  expect(changed.seconds / bare).toBeLessThan(bound)
  expect(same.seconds / bare).toBeLessThan(bound)
})
