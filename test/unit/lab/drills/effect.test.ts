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

const moving = (...boots: [string, string]) =>
  watched([
    ['node1', 0, 60, 'serves'],
    ['node2', 0, 60, 'idle'],
    ['node2', 60, 100, 'serves', { boot: boots[1] }],
    ['node1', 60, 100, 'idle', { boot: boots[0] }],
  ])

const serving = (...boots: [string, string]) =>
  watched([
    ['node1', 0, 50, 'serves'],
    ['node2', 0, 50, 'idle'],
    ['node1', 50, 100, 'serves', { boot: boots[0] }],
    ['node2', 50, 100, 'idle', { boot: boots[1] }],
  ])

describe('a node that had to start anew', () => {
  it.each<[string, [string, string], string, string]>([
    ['power-cut-standby', ['a', 'b'], 'pass', 'node1 had the address'],
    ['power-cut-standby', ['a', 'a'], 'unknown', 'never seen to start anew: node2'],
    ['reset', ['a', 'b'], 'unknown', 'never seen to start anew: node1'],
    ['reset', ['b', 'a'], 'pass', 'node1 has it in the end'],
    ['partition-fenced', ['a', 'a'], 'unknown', 'no node was seen to start anew, though one has to be'],
    ['partition-fenced', ['a', 'b'], 'pass', 'node1 has it in the end'],
  ])('%s, boots %j', (name, boots, state, why) => {
    const change = { row: row(name), samples: serving(...boots), away: {} }
    expect(told(change, 'V')).toMatchObject({ state, why: expect.stringContaining(why) })
  })
})

it.each<[[string, string], string, string]>([
  [['b', 'b'], 'pass', 'node2 has it in the end'],
  [['b', 'a'], 'unknown', 'never seen to start anew: node2'],
  [['a', 'a'], 'unknown', 'anew: node1, node2'],
])('an update that moved the service, boots %j', (boots, state, why) => {
  const update = { row: row('update'), samples: moving(...boots), away: {}, healed: 50_000 }
  expect(told(update, 'V')).toMatchObject({ state, why: expect.stringContaining(why) })
})

it('an update moves the service once', () => {
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
  expect(told({ ...update, samples: serving('b', 'b') }, 'V')?.why).toContain(
    'moves of the address: 0, expected: 1',
  )
  expect(told({ ...update, samples: back }, 'V')?.why).toContain('moves of the address: 2, expected: 1')
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

describe('how often the address moves, to the end', () => {
  // node2 takes over at 40 s; node1 has booted at 70 s.
  const back = (boot: string, from = 80) =>
    watched([
      ['node1', 0, 20, 'serves'],
      ['node2', 0, 40, 'idle'],
      ['node2', 40, from - 1, 'serves'],
      ['node2', from - 1, 100, 'idle'],
      ['node1', 70, from, 'idle', { boot }],
      ['node1', from, 100, 'serves', { boot }],
    ])

  const moved = { samples: moving('a', 'a'), away: {}, healed: 50_000 }

  it.each<[string, string, Partial<Evidence>, string]>([
    ['a node that comes back and takes the service', 'power-cut', { samples: back('b') }, '2, expected: 1'],
    ['the same, before anything else was heard of it', 'power-cut', { samples: back('b', 70) }, '2, '],
    ['the same after a restart of its own', 'reset', { samples: back('b') }, '2, expected: at most 1'],
    ['a move where nothing has to', 'clock-jump', moved, '1, expected: 0'],
    ['ten moves that were one', 'graceful-ten', moved, '1, expected: 10'],
  ])('%s is not passed', (_, name, change, why) => {
    const told = judge({ ...wellDone, row: row(name), ...change }).V
    expect(told).toMatchObject({
      state: 'fail',
      why: expect.stringContaining(`moves of the address: ${why}`),
    })
  })

  it('an answer that comes late is no move', () => {
    const samples = moving('a', 'a')
      .map((one) => (one.node === 'node1' && one.sent === 59_000 ? { ...one, received: 75_000 } : one))
      .sort((left, right) => left.received - right.received)
    const graceful = { row: row('graceful'), away: {}, injected: 50_000, healed: 70_000, samples }
    expect(told(graceful, 'V')?.state).toBe('pass')
  })

  it('a node that took the service back after a restart of a few seconds had lost it', () => {
    const samples = watched([
      ['node1', 0, 25, 'serves'],
      ['node2', 0, 25, 'idle'],
      ['node2', 25, 40, 'serves'],
      ['node1', 45, 100, 'serves', { boot: 'b' }],
      ['node2', 40, 100, 'idle'],
    ])
    expect(told({ row: row('reset'), samples, away: {} }, 'V')?.why).toContain(
      'moves of the address: 2, expected: at most 1',
    )
  })

  it('a split moves as often as it does', () => {
    expect(told({ row: row('freeze-unfenced'), samples: back('a') }, 'V')?.why).not.toContain('moves')
  })
})

it('a first answer that took long is no observation of that time', () => {
  const samples = wellDone.samples.filter(
    ({ node, sent }) => node === 'node1' || sent < 60_000 || sent >= 99_000,
  )
  const slow = samples.map((one) =>
    one.node === 'node2' && one.sent === 99_000 ? { ...one, sent: 61_000 } : one,
  )
  expect(told({ samples: slow }, 'V')).toMatchObject({
    state: 'unknown',
    why: 'nobody knows what node2 did for 40.0 s',
  })
})

it('services on both nodes are two, though nobody has the address', () => {
  const samples = wellDone.samples.map((one) =>
    one.sent >= 50_000 && one.sent < 90_000 ? { ...one, vip: false, units: ['mariadb'] } : one,
  )
  expect(told({ samples }, 'S')?.why).toBe('two nodes with services for 18.9 s')
})

it('another cluster of which one node fell silent is not known to have stayed', () => {
  const other = { ...cluster, name: 'database' }
  const silent = serving('a', 'a').filter(({ node, sent }) => node === 'node1' || sent < 30_000)
  expect(told({ beside: [{ cluster: other, samples: silent }] }, 'V')).toMatchObject({
    state: 'unknown',
    why: 'nobody knows what node2 of database did',
  })
})
