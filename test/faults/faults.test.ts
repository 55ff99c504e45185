import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RunEvent } from '../../lib/apply/index.ts'
import { type Controller, startController } from './controller.ts'
import {
  type FaultHost,
  type Field,
  hasReached,
  isDone,
  POINTS,
  prepareField,
  release,
  shellOf,
  stateOf,
} from './hosts.ts'

// Each fault hits every point of a run at once, one host a point. A busy machine is slow, not wrong.
const FAULTS: Record<string, (controller: Controller, hosts: readonly FaultHost[]) => void> = {
  'the controller is killed': (controller) => controller.process.kill('SIGKILL'),
  'the connections are cut': (_, hosts) => {
    for (const { link } of hosts) link.cut()
  },
  "the targets' shells are killed": (_, hosts) => {
    for (const host of hosts) process.kill(shellOf(host), 'SIGKILL')
  },
}

let folder: string
let field: Field
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'runsheet-faults-'))
  field = await prepareField(folder)
})
afterEach(async () => {
  await field.stop()
  rmSync(folder, { recursive: true, force: true })
})

const hit: string[] = []
afterAll(() => {
  console.log(hit.join('\n'))
})

const state = () => join(folder, 'controller')
const start = (...args: string[]) => startController(state(), '-f', '64', ...args)

async function until(what: () => boolean): Promise<void> {
  while (!what()) await new Promise((resolve) => setTimeout(resolve, 50))
}

/** Tasks that were told to be as wanted although they were not, at the moment of the fault. */
function toldTooMuch(events: readonly RunEvent[], hosts: readonly FaultHost[]): string[] {
  return hosts.flatMap((host) =>
    events.flatMap((event) => {
      if (event.event !== 'task' || event.host !== host.point) return []
      if (event.outcome !== 'ok' && event.outcome !== 'changed') return []
      return isDone(host, event.number) ? [] : [`${host.point}: task ${event.number} ${event.outcome}`]
    }),
  )
}

describe.each(Object.keys(FAULTS))('%s', (fault) => {
  test(`at ${POINTS.boundaries} boundaries and inside ${POINTS.inside} changes, and --resume makes it good`, async () => {
    const interrupted = start('-i', field.inventory)
    await Promise.race([until(() => field.hosts.every(hasReached)), interrupted.ended])
    expect(field.hosts.filter((host) => !hasReached(host))).toEqual([])
    FAULTS[fault]?.(interrupted, field.hosts)
    const { code, stderr } = await interrupted.ended
    expect([code, stderr]).toEqual([fault === 'the controller is killed' ? 'SIGKILL' : 4, ''])
    expect(toldTooMuch(interrupted.events(), field.hosts)).toEqual([])

    // Half of what was in hand goes on before the run is resumed, the other half only while that one waits for it.
    for (const host of field.hosts.filter((_, index) => index % 2 === 0)) release(host)
    const resumed = start('--resume')
    setTimeout(() => field.hosts.forEach(release), 2000)
    const end = await resumed.ended
    expect(end).toEqual({ code: 0, stderr: '' })

    expect(field.hosts.map(stateOf)).toEqual(
      field.hosts.map(({ point }) => ({
        point,
        undone: [],
        handlers: ['run\n', 'run\n'],
        owed: [],
        locked: false,
      })),
    )
    hit.push(
      `${fault}: ${POINTS.boundaries} boundaries and ${POINTS.inside} changes interrupted, ${field.hosts.length} hosts converged`,
    )
  })
})
