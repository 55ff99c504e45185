import { describe, expect, it } from 'vitest'
import type { Evidence } from '../../../../lab/drills/audit/evidence.ts'
import { judge } from '../../../../lab/drills/audit/judge.ts'
import type { Observable, Trait } from '../../../../lab/drills/drill.ts'
import { cluster, database, drill, ledger, watched, wellDone } from './fixture.ts'

// A drill is not passed where its fault had no effect, or where more was lost, moved or missed than its mode promises.

const told = (change: Partial<Evidence>, observable: Observable) =>
  judge({ ...wellDone, ...change })[observable]

const row = (name: string, ...traits: Trait[]) => ({
  name,
  drill: drill(name),
  cluster: { ...cluster, traits: [...cluster.traits, ...traits] },
})

const serving = (...boots: [string, string]) =>
  watched([
    ['node1', 0, 50, 'serves'],
    ['node2', 0, 50, 'idle'],
    ['node1', 50, 100, 'serves', { boot: boots[0] }],
    ['node2', 50, 100, 'idle', { boot: boots[1] }],
  ])

describe('a node that had to start anew', () => {
  it.each<[string, [string, string], string, string]>([
    ['update', ['b', 'b'], 'pass', 'node1 has it in the end'],
    ['update', ['b', 'a'], 'unknown', 'never seen to start anew: node2'],
    ['update', ['a', 'a'], 'unknown', 'anew: node1, node2'],
    ['power-cut-standby', ['a', 'b'], 'pass', 'node1 had the address'],
    ['power-cut-standby', ['a', 'a'], 'unknown', 'never seen to start anew: node2'],
    ['reset', ['a', 'b'], 'unknown', 'never seen to start anew: node1'],
  ])('%s, boots %j', (name, boots, state, why) => {
    const change = { row: row(name), samples: serving(...boots), away: {} }
    expect(told(change, 'V')).toMatchObject({ state, why: expect.stringContaining(why) })
  })
})

it('an update may move the service once', () => {
  const there = watched([
    ['node1', 0, 40, 'serves'],
    ['node2', 0, 40, 'idle'],
    ['node2', 40, 100, 'serves', { boot: 'b' }],
    ['node1', 50, 100, 'idle', { boot: 'b' }],
  ])
  const back = watched([
    ['node1', 0, 30, 'serves'],
    ['node2', 0, 30, 'idle'],
    ['node1', 30, 45, 'idle', { boot: 'b' }],
    ['node2', 30, 40, 'serves', { boot: 'b' }],
    ['node1', 45, 100, 'serves', { boot: 'b' }],
    ['node2', 40, 100, 'idle', { boot: 'b' }],
  ])
  const update = { row: row('update'), away: {}, healed: 25_000 }
  expect(told({ ...update, samples: there }, 'V')?.state).toBe('pass')
  expect(told({ ...update, samples: back }, 'V')?.why).toContain('the address moved 2 times, expected: 1')
})

it('two copies have to be apart where the link between them is cut', () => {
  const cut = { row: row('backbone-cable'), samples: serving('a', 'a'), away: {} }
  expect(told(cut, 'P')).toMatchObject({
    state: 'unknown',
    why: 'DRBD was never seen apart under the fault',
  })
  const apart = cut.samples.map((one) => (one.sent === 30_000 ? { ...one, connection: 'WFConnection' } : one))
  expect(told({ ...cut, samples: apart }, 'P')?.state).toBe('pass')
  const lun = { ...cut.row, cluster: { ...cluster, traits: ['files', 'lun', 'database'] as const } }
  expect(told({ ...cut, row: lun }, 'P')?.state).toBe('pass')
})

describe('the end of what was acknowledged', () => {
  const early = { rows: ledger([20, 45], [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19]) }
  it.each<[string, Trait[], Partial<Evidence>, string, string]>([
    ['that a replica lacks', ['replication'], { rows: ledger([20, 45], [19]) }, 'pass', 'asynchronous tail'],
    [
      'whose commit waits for it',
      ['replication', 'semi-sync'],
      { rows: ledger([20, 45], [19]) },
      'fail',
      'lost: 19',
    ],
    ['that is old', ['replication'], early, 'fail', 'more than 10.0 s before the fault'],
  ])('%s', (_, traits, change, state, why) => {
    expect(told({ row: row('power-cut', ...traits), ...change }, 'L')).toMatchObject({
      state,
      why: expect.stringContaining(why),
    })
  })
})

it('the source may not follow the other one', () => {
  const databases = [...database('node2', 0, 100, true, 'Yes'), ...database('node1', 0, 100, false)]
  expect(told({ row: row('power-cut', 'replication'), databases }, 'R')?.why).toContain(
    'the database of node2 takes writes, and follows another',
  )
})

describe('the time without service', () => {
  it('is that of the rows or of the files, whichever is longer', () => {
    expect(told({ rows: ledger([20, 22]), files: ledger([20, 45]) }, 'T')?.why).toBe('26.0 s without service')
  })

  it('has the looks at a disk in it that both nodes see', () => {
    const lun = {
      ...row('power-cut'),
      cluster: { ...cluster, traits: ['files', 'lun', 'database'] as const },
    }
    expect(told({ row: lun, rows: ledger([20, 80]) }, 'T')?.why).toContain('61.0 s without service')
    expect(told({ row: lun, rows: ledger([20, 83]) }, 'T')?.why).toContain('more than 62 s')
  })
})
