import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sshd, startSshd } from '../support/sshd.ts'
import { type Address, type Measured, measure, writeInventory } from './process.ts'

const MANY = 200
const FEW = 20
const TASKS = 30

/** sshd listens on sixteen addresses at most, and on 127.0.0.1 in any case. */
const ADDRESSES = 15

const servers: Sshd[] = []
let addresses: Address[]
beforeAll(async () => {
  const blocks = Array.from({ length: Math.ceil(MANY / ADDRESSES) }, (_, index) => index + 1)
  const serve = async (block: number): Promise<Address[]> => {
    const own = Array.from({ length: ADDRESSES }, (_, index) => `127.0.${block}.${index + 1}`)
    // One sshd stands for many hosts, each of which would see one login at a time.
    const settings = ['MaxStartups 100', ...own.map((address) => `ListenAddress ${address}`)]
    const sshd = await startSshd(settings)
    servers.push(sshd)
    const known = own.map((address) => `[${address}]:${sshd.port} ${sshd.hostKeys.ed25519}`)
    const shared = { privateKeyFile: `${sshd.folder}/login`, knownHostsFile: sshd.knownHosts(...known) }
    return own.map((address, index) => ({ name: `h${block}.${index}`, address, port: sshd.port, ...shared }))
  }
  addresses = (await Promise.all(blocks.map(serve))).flat().slice(0, MANY)
})
afterAll(() => Promise.all(servers.map((sshd) => sshd.stop())))

test('two hundred hosts cost in memory and time what ten times twenty do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'runsheet-bench-'))
  const many = writeInventory(folder, addresses, TASKS)
  const few = writeInventory(folder, addresses.slice(0, FEW), TASKS)
  await measure(many)
  const start = await leastOf3(writeInventory(folder, addresses.slice(0, 1), TASKS))
  const [small, large] = [await leastOf3(few), await measure(many)]
  // What a process costs before its first host is no cost of a host.
  const each = (run: Measured, hosts: number) => ((run.cpu - start.cpu) / (hosts - 1)) * 1000
  for (const [hosts, run] of [
    [1, start],
    [FEW, small],
    [MANY, large],
  ] as const) {
    const { seconds, megabytes, cpu } = run
    console.log(
      `${hosts} hosts, ${TASKS} tasks each, no change: ${seconds.toFixed(1)} s, processor ${cpu.toFixed(1)} s, ${megabytes.toFixed(0)} MB` +
        (hosts > 1
          ? `; a host: ${((seconds / hosts) * 1000).toFixed(0)} ms, processor ${each(run, hosts).toFixed(1)} ms`
          : ''),
    )
  }
  for (const { hosts } of [small, large])
    expect(Object.values(hosts).filter(({ ok, trips }) => ok !== TASKS || trips !== 3)).toEqual([])
  expect(Object.keys(large.hosts)).toHaveLength(MANY)
  expect(large.megabytes).toBeLessThan(300)
  expect(each(large, MANY) / each(small, FEW)).toBeLessThan(1.3)
})

/** Short runs: what else the machine does only ever adds, and a tenth of a second more would be a tenth of the result. */
async function leastOf3(inventory: string): Promise<Measured> {
  const runs = [await measure(inventory), await measure(inventory), await measure(inventory)]
  return runs.reduce((least, run) => (run.cpu < least.cpu ? run : least))
}
