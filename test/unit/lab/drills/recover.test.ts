import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Recovery } from '../../../../lab/drills/drill.ts'
import type { Course } from '../../../../lab/drills/run/course.ts'
import { recapOf } from '../../../../lab/drills/run/events.ts'
import { recover } from '../../../../lab/drills/run/recover.ts'
import { cluster, drill, watched } from './fixture.ts'

// What a drill makes of the playbooks that follow its fault. Whoever waits has waited.

vi.mock('node:timers/promises', () => ({
  setTimeout: async (time: number) => void vi.setSystemTime(Date.now() + time),
}))
beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterAll(() => void vi.useRealTimers())

const recap = (changed: number) => `{"event":"recap","changed":${changed},"hosts":{}}\n`

/** A pair of which the one that serves is the other one after each move. */
const pair = (recovery: readonly Recovery[], stdout: string, code = 0) => {
  const played: string[] = []
  const samples = watched([
    ['node1', 0, 1, 'serves'],
    ['node2', 0, 1, 'idle'],
  ]).map((sample) => ({ ...sample, sent: Date.now(), received: Date.now() }))
  const course = {
    row: { name: 'power-cut', drill: { ...drill('power-cut'), recovery }, cluster },
    watch: { samples },
    ...{ active: 'node1', standby: 'node2', away: {}, tell: () => {} },
    ground: {
      playbook: 'replication',
      emulated: false,
      run: async () => ({ code: 0, stdout: 'running\n', stderr: '' }),
      play: async (name: string, extra: Readonly<Record<string, string>>) => {
        played.push([name, ...Object.values(extra)].join(' '))
        for (const sample of samples) sample.vip = !sample.vip
        return { code, stdout, stderr: 'no such host' }
      },
    },
  } as unknown as Course
  return { course, played }
}

describe('what follows a fault', () => {
  it('names the node that does not serve by then, each time', async () => {
    const move = { playbook: 'switchover', extra: { to: 'idle' } }
    const { course, played } = pair([move, move, move], recap(4))
    expect(await recover(course, 0)).toEqual([])
    expect(played).toEqual(['switchover node2', 'switchover node1', 'switchover node2'])
  })

  it('is no split brain of DRBD where there is none', async () => {
    const { course, played } = pair(drill('partition-unfenced').recovery, recap(1))
    const database = { ...cluster, traits: ['database', 'replication', 'mirrored', 'unfenced'] as const }
    expect(await recover({ ...course, row: { ...course.row, cluster: database } }, 0)).toEqual([])
    expect(played).toEqual(['rejoin node2 discard'])
  })

  it.each([
    ['nothing changed', recap(0), 0, []],
    ['something changed', recap(2), 0, ['replication changed 2']],
    ['nobody knows', '', 0, ['replication changed nobody knows what']],
    ['it failed', '', 2, ['replication ended with 2: no such host']],
  ])('is the playbook of the cluster, which has to change nothing: %s', async (_, stdout, code, broken) => {
    const { course, played } = pair([{ playbook: 'own', extra: {}, quiet: true }], stdout, code)
    expect(await recover(course, 0)).toEqual(broken)
    expect(played).toEqual(['replication'])
  })
})

it.each([
  ['a recap', `{"event":"task"}\n${recap(3)}`, 3],
  ['a run that was cut off', '{"event":"task"}\n', undefined],
  ['what is no event', 'Error\n', undefined],
  ['nothing', '', undefined],
])('reads %s', (_, stdout, changed) => {
  expect(recapOf(stdout)?.changed).toBe(changed)
})
