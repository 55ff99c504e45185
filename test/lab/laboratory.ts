import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, expect } from 'vitest'
import * as lab from '../../lab/index.ts'
import { log, nameOf } from './labs.ts'
import { copyOfTemplate } from './template.ts'

// The next file begins with a snapshot, in machines that are started anew: until then they would cost as much as others.
const inUse = new Set<string>()
afterAll(async () => {
  for (const topology of inUse) await switchOff(topology)
})

async function switchOff(topology: string): Promise<void> {
  process.env.LAB_NAME = nameOf(topology)
  for (const { node } of await lab.status({ topology })) await lab.fault('power-off', node, { topology })
}

/** A topology as its playbook leaves it, whatever an earlier test did to it. */
export async function converged(topology: string, playbook = topology): Promise<void> {
  process.env.LAB_NAME = nameOf(topology)
  process.env.LAB_TOPOLOGY = topology
  inUse.add(topology)
  const known = await lab.restore('converged', { log }).then(
    () => true,
    (error: Error) => {
      if (!/^there is no (lab|snapshot)/.test(error.message)) throw error
      return false
    },
  )
  if (known) return
  await lab.destroy({ log })
  await copyOfTemplate(topology, async () => {
    const run = await play(playbook)
    expect(run.code, `${playbook} on ${topology}`).toBe(0)
  })
  await lab.restore('converged', { log })
}

interface HostRecap {
  ok: number
  changed: number
  'would-change': number
  failed: number
  trips: number
}

/** What one run of a playbook said: its events, in their order, and how it ended. */
export interface PlaybookRun {
  code: number | null
  events: readonly Record<string, unknown>[]
  recap: { changed: number; exitCode: number; hosts: Readonly<Record<string, HostRecap>> }
  /** `HOST ID` of each task with that outcome. */
  tasks: (outcome: string) => string[]
}

const NO_RUN = { changed: 0, exitCode: 1, hosts: {} }

/** Types `npx zx playbooks/NAME.mjs --lab --json …` and reads the answer. */
export const play = (name: string, ...args: string[]): Promise<PlaybookRun> => read(name, '--lab', ...args)

/** The same where a topology's own playbook must not start the nodes that are off. */
export async function playAsItIs(name: string, ...args: string[]): Promise<PlaybookRun> {
  const { inventory } = await lab.asItIs.up({ log })
  return read(name, '-i', inventory, ...args)
}

async function read(name: string, ...args: string[]): Promise<PlaybookRun> {
  const { code, stdout, stderr } = await zx(`playbooks/${name}.mjs`, '--json', ...args)
  const events = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  const recap = events.at(-1)
  // What is wrong with the arguments is told to a person, and there was no run.
  if (code === 1)
    return { code, events: [{ event: 'error', message: stderr }], recap: NO_RUN, tasks: () => [] }
  expect(recap, 'the last event').toMatchObject({ event: 'recap', exitCode: code })
  return {
    code,
    events,
    recap: recap as unknown as PlaybookRun['recap'],
    tasks: (outcome) =>
      events
        .filter((event) => event.event === 'task' && event.outcome === outcome)
        .map((event) => `${event.host} ${event.id}`),
  }
}

/** Runs zx and reads both of its streams; the errors are shown meanwhile. */
export function zx(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn('npx', ['zx', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    process.stderr.write(text)
    stderr += text
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** The output of a command that must succeed in a guest; a secret comes by its input. */
export async function inGuest(node: string, command: string, input = ''): Promise<string> {
  const { code, stdout, stderr } = await lab.ssh(node, command, { input })
  expect(code, `${command} on ${node}: ${stderr}`).toBe(0)
  return stdout.trim()
}

/** The programs that still run for a lab. Each has a path in the lab's folder among its arguments. */
export function programsOf(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(commandLine)
    .filter((line) => line.includes(folder))
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return '' // ended meanwhile
  }
}
