import type { Evidence } from '../../../../lab/drills/audit/evidence.ts'
import type { DatabaseSample, Sample } from '../../../../lab/drills/audit/sample.ts'
import type { Drill } from '../../../../lab/drills/drill.ts'
import { matrix } from '../../../../lab/drills/matrix.ts'
import type { Cluster } from '../../../../lab/drills/scene.ts'

// A pair of which node1 serves and node2 takes over, second by second.

export const cluster: Cluster = {
  name: 'cluster',
  nodes: ['node1', 'node2'],
  vip: '192.0.2.10',
  mount: '/mnt/shared',
  resource: 'r0',
  port: 7789,
  deadtime: 10,
  initdead: 120,
  home: 'node1',
  units: ['mariadb', 'nagios4'],
  traits: ['files', 'drbd', 'database', 'nagios', 'unfenced'],
}

export const drill = (name: string): Drill => {
  const found = matrix.find((one) => one.name === name)
  if (!found) throw new Error(`no drill ${name}`)
  return found
}

const SECOND = 1000

type Phase = readonly [
  node: string,
  from: number,
  to: number,
  state: 'serves' | 'idle',
  more?: Partial<Sample>,
]

/** One sample a second of each node in each phase; times in seconds. */
export const watched = (phases: readonly Phase[]): Sample[] =>
  phases
    .flatMap(([node, from, to, state, more]) =>
      Array.from({ length: to - from }, (_, index): Sample => {
        const sent = (from + index) * SECOND
        const serves = state === 'serves'
        return {
          ...{ node, sent, received: sent + 50, boot: 'a', up: from + index },
          ...{ vip: serves, mounted: serves, units: serves ? cluster.units : [] },
          ...{ role: serves ? 'Primary' : 'Secondary', disk: 'UpToDate', connection: 'Connected' },
          ...more,
        }
      }),
    )
    .sort((left, right) => left.sent - right.sent)

const ids = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ({ id: from + index, at: (from + index) * SECOND }))

/** A row a second was tried, and acknowledged but for an outage, by node2 after it and by `other`; all is there. */
export const ledger = (
  outage: readonly [number, number],
  lost: readonly number[] = [],
  more: readonly number[] = [],
  other: readonly number[] = [],
) => {
  const attempted = ids(0, 100)
  const acked = attempted
    .filter(({ id }) => id < outage[0] || id >= outage[1])
    .map((note) => ({ ...note, node: note.id < outage[0] || other.includes(note.id) ? 'node1' : 'node2' }))
  const found = [...attempted.map(({ id }) => id).filter((id) => !lost.includes(id)), ...more]
  return { notes: { attempted, acked }, found }
}

/** A power cut of node1 at 20 s, after which all goes well; the node is on again at 60 s. */
export const wellDone: Evidence = {
  row: { name: 'power-cut', drill: drill('power-cut'), cluster },
  ...{ active: 'node1', standby: 'node2', began: 0, injected: 20_000, healed: 60_000, ended: 100_000 },
  recovered: 90_000,
  samples: watched([
    ['node1', 0, 20, 'serves'],
    ['node2', 0, 40, 'idle'],
    ['node2', 40, 100, 'serves'],
    ['node1', 70, 100, 'idle', { boot: 'b', up: 10 }],
  ]),
  databases: [],
  beside: [],
  away: { node1: [{ from: 20_000, to: 60_000 }] },
  fencings: undefined,
  rows: ledger([20, 45]),
  files: ledger([20, 45]),
  forbidden: [],
  status: { exitCode: 0, line: 'CLUSTER OK' },
  drift: [],
  broken: [],
  emulated: false,
}

export const database = (
  node: string,
  from: number,
  to: number,
  writable: boolean,
  threads = writable ? '' : 'Yes',
): DatabaseSample[] =>
  Array.from({ length: to - from }, (_, index) => {
    const sent = (from + index) * SECOND
    return { node, sent, received: sent + 50, answers: true, writable, io: threads, sql: threads }
  })
