import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HostRecap } from '../../lib/apply/index.ts'
import { ownState } from '../support/own-state.ts'
import { openFolder } from '../support/shells.ts'

const at = (path: string) => new URL(path, import.meta.url).pathname
const ZX = at('../../node_modules/zx/build/cli.js')

/** One run of the playbook as a process of its own, from the first instruction to the last. */
export interface Measured {
  seconds: number
  /** Processor time, in seconds: other than the clock it does not count what else the machine is busy with. */
  cpu: number
  /** Resident memory at its highest, in MB. */
  megabytes: number
  hosts: Readonly<Record<string, HostRecap>>
}

/** Where one host of the inventory is. */
export interface Address {
  name: string
  address: string
  port: number
  privateKeyFile: string
  knownHostsFile: string
}

/** An inventory of hosts that get `count` files each in `folder`. */
export function writeInventory(folder: string, addresses: readonly Address[], count: number): string {
  const hosts = addresses.map(({ name, address, port, privateKeyFile, knownHostsFile }) => [
    name,
    {
      ansible_host: address,
      ansible_port: port,
      ansible_ssh_private_key_file: privateKeyFile,
      ansible_ssh_common_args: `-o UserKnownHostsFile=${knownHostsFile}`,
    },
  ])
  const path = join(folder, `inventory.${addresses.length}.${count}.yml`)
  writeFileSync(path, JSON.stringify({ all: { hosts: Object.fromEntries(hosts), vars: { folder, count } } }))
  return path
}

/** @throws Error with all that the run said, where it does not end with 0 */
export async function measure(inventory: string, ...args: string[]): Promise<Measured> {
  const words = ['--import', at('usage.mjs'), ZX, at('files.mjs'), '-i', inventory, '--json', ...args]
  const began = performance.now()
  const { code, stdout, stderr } = await collect('node', words)
  const seconds = (performance.now() - began) / 1000
  const errors = stdout.split('\n').filter((line) => line.startsWith('{"event":"error"'))
  if (code !== 0) throw new Error(`the run ended with ${code}\n${errors.join('\n')}\n${stderr}`)
  const { hosts } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  const [, rss, cpu] = /^used (\d+) (\d+)$/m.exec(stderr) ?? []
  return { seconds, megabytes: Number(rss) / 1024, cpu: Number(cpu) / 1e6, hosts }
}

/** Runs a program to its end. What it remembers, and a target on this machine, is forgotten with the test. */
export function collect(program: string, args: readonly string[], state = openFolder()) {
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    const env = { ...process.env, ...ownState(state) }
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk) => {
      stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}
