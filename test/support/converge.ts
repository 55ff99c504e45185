import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { z } from 'zod'
import { converge, type RunEvent, type RunOptions } from '../../lib/apply/index.ts'
import { RunsheetError } from '../../lib/errors.ts'
import { loadInventory } from '../../lib/inventory/index.ts'
import { definePlaybook, type Host, makePlan, type PlanOptions, type Play } from '../../lib/plan/index.ts'
import { defineResource, type TaskOptions } from '../../lib/resource/index.ts'
import { raw, type Shell, sh } from '../../lib/shell/sh.ts'
import { openSession, transportFor } from '../../lib/transport/index.ts'
import { ownState } from './own-state.ts'

// The engine with real shells on this machine: each "host" is a shell of its own.

export let folder: string
export const at = (name: string) => join(folder, name)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runsheet-converge-'))
  process.env.XDG_STATE_HOME = ownState(folder).XDG_STATE_HOME
})
afterEach(() => {
  delete process.env.XDG_STATE_HOME
})

/** A one-line file: the smallest resource that shows every outcome. */
export const line = (path: string, word: string, options: TaskOptions & { apply?: string } = {}) =>
  defineResource<{ path: string }>({
    kind: 'line',
    id: () => path,
    probe: () => sh`[ ! -e ${path} ] || read -r word < ${path}; echo "word \${word:-}"`,
    expect: () => ({ word }),
    apply: () => (options.apply === undefined ? sh`echo ${word} > ${path}` : raw(options.apply)),
  })({ path }, options)

export type Vars = Record<string, never>
export type Hosts = readonly Host<Vars>[]

export async function run(
  plays: (hosts: Hosts) => Play<Vars>[],
  options: Partial<RunOptions & PlanOptions> & {
    fatal?: boolean
    hosts?: string
    facts?: () => Record<string, Shell>
    /** A host that no login leads to. */
    unreachable?: string
    /** A folder of commands that come first; they know their host as `$TEST_HOST`. */
    tools?: string
    onConnect?: (host: string) => Promise<void>
  } = {},
) {
  const names = (options.hosts ?? 'a b').split(' ').map((name) => `${name}: {}`)
  writeFileSync(at('i.yml'), `all: { hosts: { ${names.join(', ')} }, vars: { ansible_connection: local } }`)
  const inventory = loadInventory(at('i.yml'), [])
  const book = definePlaybook({
    name: 't',
    description: '',
    hosts: 'all',
    vars: z.strictObject({}),
    plays,
    ...(options.facts && { facts: options.facts }),
    anyErrorsFatal: options.fatal ?? false,
  })
  const events: RunEvent[] = []
  const connect = async (host: string) => {
    const connection = inventory.hosts.find(({ name }) => name === host)?.connection
    await options.onConnect?.(host)
    if (!connection || host === options.unreachable) throw new RunsheetError('E_UNREACHABLE', host)
    const path = [...(options.tools ? [options.tools] : []), at('bin')].join(':')
    return openSession(transportFor(connection), {
      host,
      shell: `TEST_HOST=${host} PATH='${path}':$PATH exec sh`,
    })
  }
  const exitCode = await converge(
    makePlan(book, inventory, options, []),
    connect,
    { check: false, diff: false, forks: 2, ...options },
    (event) => events.push(event),
  )
  const outcomes = events.flatMap((one) =>
    one.event === 'task' ? [`${one.host} ${one.name.split('/').at(-1)} ${one.outcome}`] : [],
  )
  const handlers = events.flatMap((one) =>
    one.event === 'handler' ? [`${one.host} ${one.name} ${one.outcome}`] : [],
  )
  const recap = events.at(-1)
  if (recap?.event !== 'recap') throw new Error('a run ends with its recap')
  const errors = events.flatMap((one) => (one.event === 'error' ? [one.error] : []))
  return {
    exitCode,
    outcomes,
    handlers,
    events,
    errors,
    trips: Object.values(recap.hosts).map(({ trips }) => trips),
    changed: recap.changed,
  }
}
