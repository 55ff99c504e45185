import { describe, expect, it } from 'vitest'
import type { Evidence } from '../../../../lab/drills/audit/evidence.ts'
import { forbiddenLines, judge, passed } from '../../../../lab/drills/audit/judge.ts'
import {
  type DatabaseSample,
  parseDatabase,
  parseSample,
  type Sample,
} from '../../../../lab/drills/audit/sample.ts'
import type { Observable } from '../../../../lab/drills/drill.ts'
import { fencingsIn } from '../../../../lab/drills/run/read.ts'
import type { Cluster } from '../../../../lab/drills/scene.ts'
import { cluster, database, drill, ledger, watched, wellDone } from './fixture.ts'

const verdict = (change: Partial<Evidence>, observable: Observable) => {
  const verdicts = judge({ ...wellDone, ...change })
  return { ...verdicts[observable], passed: passed(verdicts) }
}

const stayed = watched([
  ['node1', 0, 100, 'serves'],
  ['node2', 0, 100, 'idle'],
])

const bothServe = watched([
  ['node1', 0, 60, 'serves'],
  ['node2', 0, 40, 'idle'],
  ['node2', 40, 100, 'serves'],
  ['node1', 60, 100, 'idle'],
])

const partition = {
  row: { name: 'partition-unfenced', drill: drill('partition-unfenced'), cluster },
  samples: bothServe,
  away: {},
}

const replicating = {
  row: { ...wellDone.row, cluster: { ...cluster, traits: [...cluster.traits, 'replication' as const] } },
  databases: [
    ...database('node1', 0, 20, true),
    ...database('node2', 0, 40, false),
    ...database('node2', 40, 100, true),
  ],
}

describe('a drill that went well', () => {
  it('is passed in every observable', () => {
    const verdicts = judge(wellDone)
    expect(Object.entries(verdicts).filter(([, { state }]) => state !== 'pass')).toEqual([])
    expect(Object.keys(verdicts).join('')).toBe('VPSLTC')
    expect(verdicts.T?.why).toBe('26.0 s without service')
    expect(passed(verdicts)).toBe(true)
  })
})

describe('what is not passed', () => {
  it.each<[string, Partial<Evidence>, Observable, 'fail' | 'unknown', RegExp]>([
    ['two holders', { samples: bothServe, away: {} }, 'V', 'fail', /^two holders of the address for \d/],
    ['two Primaries', { samples: bothServe, away: {} }, 'P', 'fail', /^two Primaries for \d/],
    [
      'services beside the address',
      { samples: bothServe, away: {} },
      'S',
      'fail',
      /^two nodes with services/,
    ],
    [
      'an address that stayed',
      { samples: stayed, away: {} },
      'V',
      'fail',
      /node1 had the address.*expected: node2/,
    ],
    [
      'a node of which nothing is known',
      { away: {}, samples: wellDone.samples.filter(({ node, boot }) => node === 'node2' || boot === 'a') },
      'V',
      'unknown',
      /nobody knows what node1 did/,
    ],
    [
      'a node that says nothing after it was thawed',
      { samples: wellDone.samples.filter(({ boot, node }) => node === 'node2' || boot === 'a') },
      'V',
      'unknown',
      /nobody knows what node1 did for 40.0 s/,
    ],
    [
      'another cluster that moved',
      { beside: [{ cluster: { ...cluster, name: 'database' }, samples: wellDone.samples }] },
      'V',
      'fail',
      /^database moved, though nothing befell it/,
    ],
    [
      'another cluster with two holders',
      { beside: [{ cluster: { ...cluster, name: 'database' }, samples: bothServe }] },
      'V',
      'fail',
      /^database had two holders of its address; database had two Primaries; database had two mounts/,
    ],
    [
      'another cluster of which nothing is known',
      { beside: [{ cluster: { ...cluster, name: 'database' }, samples: [] }] },
      'V',
      'unknown',
      /^nobody knows who served database/,
    ],
    ['no sample at all', { samples: [], away: {} }, 'V', 'unknown', /nobody knows/],
    [
      'a copy that stays behind',
      {
        samples: [
          ...wellDone.samples,
          { ...watched([['node1', 99, 100, 'idle']])[0], disk: 'Inconsistent' } as never,
        ],
      },
      'P',
      'fail',
      /node1 Secondary Inconsistent/,
    ],
    ['a lost row', { rows: ledger([20, 45], [5]) }, 'L', 'fail', /1 of 75 rows lost: 5$/],
    ['a phantom', { files: ledger([20, 45], [], [4711]) }, 'L', 'fail', /phantom files: 4711/],
    [
      'data that cannot be read',
      { rows: { notes: ledger([20, 45]).notes, found: undefined } },
      'L',
      'unknown',
      /nobody knows/,
    ],
    ['no ledger', { rows: undefined, files: undefined }, 'L', 'unknown', /no ledger/],
    [
      'an outage beyond the budget',
      { rows: ledger([20, 60]) },
      'T',
      'fail',
      /41.0 s without service, more than 30 s/,
    ],
    [
      'a service that never came back',
      { rows: ledger([20, 100]), files: undefined },
      'T',
      'fail',
      /nothing was acknowledged any more/,
    ],
    [
      'a forbidden line',
      { forbidden: ['node2: EXT4-fs error (device drbd0)'] },
      'C',
      'fail',
      /EXT4-fs error/,
    ],
    ['a log that cannot be read', { forbidden: undefined }, 'C', 'unknown', /log/],
    [
      'a status that is not well',
      { status: { exitCode: 1, line: 'CLUSTER WARNING' } },
      'C',
      'fail',
      /WARNING/,
    ],
    ['no status', { status: undefined }, 'C', 'unknown', /status/],
    ['drift', { drift: ['node1 file /a', 'node2 file /a'] }, 'C', 'fail', /node1 file \/a \| node2 file \/a/],
    ['a check that did not end', { drift: undefined }, 'C', 'unknown', /--check/],
    ['a recovery that was broken off', { broken: ['rejoin ended with 2'] }, 'C', 'fail', /rejoin/],
  ])('%s', (_, change, observable, state, why) => {
    const told = verdict(change, observable)
    expect(told).toMatchObject({ state, passed: false })
    expect(told.why).toMatch(why)
  })
})

describe('a fault that nobody saw', () => {
  const closed = { row: { name: 'drbd-port', drill: drill('drbd-port'), cluster }, samples: stayed, away: {} }
  const under = (change: Partial<Sample>) =>
    stayed.map((sample) => (sample.sent > 30_000 && sample.sent < 50_000 ? { ...sample, ...change } : sample))
  const apart = under({ connection: 'WFConnection' })

  it.each([
    ['nothing was seen of it', stayed],
    ['the copy that was left behind could be promoted', apart],
  ])('is not passed if %s, though nothing moved', (_, samples) => {
    expect(verdict({ ...closed, samples }, 'P')).toMatchObject({
      state: 'unknown',
      why: 'DRBD was never seen outdated under the fault',
      passed: false,
    })
  })

  it('is passed with a copy that is outdated', () => {
    const samples = under({ connection: 'WFConnection', disk: 'Outdated' })
    expect(verdict({ ...closed, samples }, 'P')).toMatchObject({ state: 'pass' })
  })

  it('needs the loss of the disk where a disk fails', () => {
    const failed = { ...closed, row: { ...closed.row, drill: drill('disk-error') } }
    expect(verdict({ ...failed, samples: apart }, 'P').state).toBe('unknown')
    expect(verdict({ ...failed, samples: under({ disk: 'Diskless' }) }, 'P').state).toBe('pass')
  })
})

describe('seconds of emulated machines', () => {
  it('are told and not judged', () => {
    expect(verdict({ rows: ledger([20, 60]), emulated: true }, 'T')).toMatchObject({ state: 'pass' })
  })
})

describe('who holds the address', () => {
  it('is not known of a node that has said nothing for long', () => {
    // The node started anew by itself; what it said before is no state of now.
    const reset = { row: { name: 'reset', drill: drill('reset'), cluster }, away: {} }
    expect(verdict(reset, 'V').why).toContain('node2 had the address under the fault')
    expect(verdict(reset, 'V').why).not.toContain('node1 and')
  })

  it('is not known where a node was silent for long before it started anew', () => {
    const row = { ...wellDone.row, drill: drill('reset') }
    const boot = (from: number, up: number) =>
      watched([
        ['node1', 0, 20, 'serves'],
        ['node2', 0, 40, 'idle'],
        ['node2', 40, 200, 'serves'],
        ['node1', from, 200, 'idle', { boot: 'b', up }],
      ])
    const last = { row, away: {}, ended: 200_000 }
    expect(verdict({ ...last, samples: boot(130, 15) }, 'V').state).toBe('pass')
    expect(verdict({ ...last, samples: boot(140, 15) }, 'V')).toMatchObject({
      state: 'unknown',
      why: 'nobody knows what node1 did for 16.0 s',
    })
  })

  it('does not depend on how long it took until a node was first heard', () => {
    const late = wellDone.samples.filter(({ sent }) => sent >= 15_000).map((sample) => ({ ...sample }))
    const began = { began: -40_000, samples: late }
    expect(verdict(began, 'V').state).toBe('pass')
  })
})

describe('with fencing', () => {
  const traits = cluster.traits.map((trait) => (trait === 'unfenced' ? 'fenced' : trait))
  const row = { ...wellDone.row, cluster: { ...cluster, traits } }
  const log = (at: number, who = 'node1') =>
    fencingsIn(`${new Date(at).toISOString()} node2: reset ${who}: ok\n`)

  it.each([
    ['before', log(39_000), 'pass', /node1 was off before node2 took over/],
    [
      'after',
      log(41_000),
      'fail',
      /^node2 took over before the power switch had confirmed that node1 is off/,
    ],
    ['for another drill', log(10_000), 'fail', /^node2 took over before/],
    ['for somebody else', log(39_000, 'node2'), 'fail', /^node2 took over before/],
    ['not at all', [], 'fail', /^node2 took over before/],
    ['unknown', undefined, 'unknown', /^nobody knows what the power switch has confirmed/],
  ] as const)('a takeover is judged by the confirmation: %s', (_, fencings, state, why) => {
    const told = verdict({ row, fencings }, 'V')
    expect(told.state).toBe(state)
    expect(told.why).toMatch(why)
  })

  it('only confirmations count', () => {
    const time = '2026-11-30T21:20:53.658Z'
    const lines = [
      `${time} db1: list: ok db1 db2`,
      `${time} db1: reset db2: no such node`,
      `${time} db1: off db2: ok`,
    ]
    expect(fencingsIn(lines.join('\n'))).toEqual([{ node: 'db2', at: Date.parse(time) }])
  })

  it('a node that gives the service away need not be off', () => {
    const graceful = { ...row, drill: drill('graceful') }
    expect(verdict({ row: graceful, fencings: [] }, 'V').state).toBe('pass')
  })
})

describe('after a loss of all power', () => {
  // Off from 20 s; node2 is on at 60 s, node1 at 80 s.
  const lost = (name: string, alone: Partial<Sample>, holder: string, from = 65): Partial<Evidence> => ({
    row: { name, drill: drill(name), cluster },
    away: { node1: [{ from: 20_000, to: 80_000 }], node2: [{ from: 20_000, to: 60_000 }] },
    samples: watched([
      ['node1', 0, 20, 'serves'],
      ['node2', 0, 20, 'idle'],
      ['node2', from, 80, 'idle', { boot: 'b', ...alone }],
      ['node2', 80, 100, holder === 'node2' ? 'serves' : 'idle', { boot: 'b' }],
      ['node1', 81, 100, holder === 'node1' ? 'serves' : 'idle', { boot: 'b' }],
    ]),
    healed: 60_000,
  })

  it.each<[string, Partial<Evidence>, 'pass' | 'fail' | 'unknown', RegExp]>([
    ['the old copy waits', lost('both-off-standby-first', {}, 'node2'), 'pass', /node2 has it in the end/],
    [
      'it has the address',
      lost('both-off-standby-first', { vip: true }, 'node1'),
      'fail',
      /node2 served alone/,
    ],
    [
      'it is promoted',
      lost('both-off-standby-first', { role: 'Primary' }, 'node1'),
      'fail',
      /node2 served alone/,
    ],
    ['nobody saw it', lost('both-off-standby-first', {}, 'node1', 80), 'unknown', /nobody knows what node2/],
    ['home has it', lost('both-off-active-first', {}, 'node1'), 'pass', /node1 has it in the end/],
    ['home has it not', lost('both-off-active-first', {}, 'node2'), 'fail', /node2 has.*expected: node1/],
    ['no node has it', lost('both-off-active-first', {}, ''), 'fail', /no node has the address/],
  ])('%s', (_, change, state, why) => {
    expect(verdict(change, 'V')).toMatchObject({ state, why: expect.stringMatching(why) })
  })

  it('is none where somebody serves under it', () => {
    const { away: _, ...change } = lost('both-off-active-first', {}, 'node1')
    const samples = watched([
      ['node1', 0, 100, 'serves'],
      ['node2', 0, 100, 'idle'],
    ])
    expect(verdict({ ...change, away: {}, samples }, 'V').why).toMatch(/node1 had.*expected: none/)
  })
})

describe('where nothing has to move', () => {
  const row = (name: string) => ({ row: { name, drill: drill(name), cluster }, samples: stayed, away: {} })
  const never = { rows: ledger([20, 65]), files: ledger([20, 65]), emulated: true }

  it.each<[string, Partial<Evidence>, 'pass' | 'fail', RegExp]>([
    ['nobody served under the fault', { ...row('delay-and-loss'), ...never }, 'fail', /under the fault/],
    ['no files', { ...row('delay-and-loss'), ...never, rows: ledger([20, 25]) }, 'fail', /under the fault/],
    ['a disk is full', { ...row('full-disk'), ...never }, 'pass', /46.0 s/],
    ['the drill does not wait', { ...row('update'), ...never }, 'pass', /46.0 s/],
    ['files never came back', { files: ledger([20, 100]), emulated: true }, 'fail', /any more/],
  ])('%s', (_, change, state, why) => {
    expect(verdict(change, 'T')).toMatchObject({ state, why: expect.stringMatching(why) })
  })
})

describe('the budget', () => {
  it('has the time in it after which a silent node is dead', () => {
    const patient = { ...wellDone.row, cluster: { ...cluster, deadtime: 40 } }
    expect(verdict({ row: patient, rows: ledger([20, 60]) }, 'T')).toMatchObject({ state: 'pass' })
    expect(verdict({ row: patient, rows: ledger([20, 85]) }, 'T').why).toMatch(/more than 60 s/)
    const graceful = { row: { ...patient, drill: drill('graceful') }, rows: ledger([20, 60]) }
    expect(verdict(graceful, 'T').why).toMatch(/more than 10 s/)
    // The drill itself leaves one node alone for as long as it could take it to serve.
    const power = { ...wellDone.row, drill: drill('both-off-active-first') }
    expect(verdict({ row: power, rows: ledger([20, 20]), ended: 600_000 }, 'T').why).toMatch(
      /more than 345 s/,
    )
  })

  it('has the time in it for which DRBD holds the writes of a fenced node that is alone', () => {
    const budget = (traits: Cluster['traits'], name: string, deadtime: number) => {
      const row = { ...wellDone.row, drill: drill(name), cluster: { ...cluster, traits, deadtime } }
      return verdict({ row, emulated: true }, 'T').why?.match(/judged by (\d+) s/)?.[1]
    }
    expect(budget(['database', 'drbd', 'fenced'], 'power-cut-standby', 40)).toBe('65')
    expect(budget(['database', 'drbd', 'fenced'], 'drbd-port', 10)).toBe('35')
    expect(budget(['database', 'drbd', 'fenced'], 'clock-jump', 40)).toBe('10')
    expect(budget(['database', 'drbd', 'unfenced'], 'power-cut-standby', 40)).toBe('15')
  })

  it("is one of the cluster's own ledger: that of another one goes on", () => {
    const application = { ...cluster, traits: ['files', 'drbd', 'nagios', 'unfenced'] as const }
    const row = { ...wellDone.row, cluster: application }
    const elsewhere = { row, rows: ledger([20, 20]), files: ledger([20, 45]) }
    expect(verdict(elsewhere, 'T').why).toBe('26.0 s without service')
  })
})

describe('a service that is killed', () => {
  const killed = (from: number, to: number): Partial<Evidence> => ({
    row: { name: 'kill-nagios', drill: drill('kill-nagios'), cluster },
    samples: watched([
      ['node1', 0, from, 'serves'],
      ['node1', from, to, 'serves', { units: ['mariadb'] }],
      ['node1', to, 100, 'serves'],
      ['node2', 0, 100, 'idle'],
    ]),
    away: {},
    rows: ledger([100, 100]),
    files: ledger([100, 100]),
  })

  it('has to be seen gone', () => {
    expect(verdict(killed(22, 40), 'S').state).toBe('pass')
    expect(verdict(killed(30, 30), 'S')).toMatchObject({
      state: 'unknown',
      why: 'what was killed was never seen gone under the fault',
    })
  })

  it('is without service until it is back, though everything is written on', () => {
    expect(verdict(killed(22, 40), 'T')).toMatchObject({ state: 'pass', why: '19.0 s without service' })
    expect(verdict(killed(22, 60), 'T')).toMatchObject({
      state: 'fail',
      why: expect.stringMatching(/^39.0 s/),
    })
    expect(verdict(killed(22, 100), 'T').state).toBe('fail')
  })
})

describe('a split without fencing', () => {
  it('is expected, and told', () => {
    const told = verdict(partition, 'V')
    expect(told.state).toBe('pass')
    expect(told.why).toMatch(/two holders of the address for 18.\d s, as expected without fencing/)
  })

  it('has to have happened', () => {
    expect(verdict({ ...partition, samples: stayed }, 'V')).toMatchObject({ state: 'fail' })
    const row = { ...partition.row, drill: drill('freeze-unfenced') }
    expect(verdict({ row }, 'V')).toMatchObject({ state: 'unknown', why: 'the split was never seen' })
    expect(verdict({ ...partition, row, active: 'node1' }, 'P').state).toBe('pass')
  })

  it('is over when the cluster was brought back', () => {
    for (const [observable, what] of [
      ['V', 'holders of the address'],
      ['P', 'Primaries'],
      ['S', 'nodes with services'],
    ] as const)
      expect(verdict({ ...partition, recovered: 50_000 }, observable)).toMatchObject({
        state: 'fail',
        why: expect.stringMatching(`^two ${what} for .* still after the recovery`),
      })
  })

  it('lists what the victim wrote as lost, and no more than that is allowed', () => {
    expect(verdict({ ...partition, rows: ledger([20, 45], [50, 51], [], [50, 51]) }, 'L')).toMatchObject({
      state: 'pass',
      why: expect.stringContaining("2 of 75 rows lost: 50-51, the victim's"),
    })
    expect(verdict({ ...partition, rows: ledger([20, 45], [], [4711]) }, 'L')).toMatchObject({
      state: 'fail',
    })
    expect(verdict({ ...partition, rows: ledger([20, 45], [3, 50]) }, 'L')).toMatchObject({
      state: 'fail',
      why: expect.stringContaining('acknowledged before the fault: 3'),
    })
  })
})

describe('who acknowledged what a split has lost', () => {
  const wrote = (lost: readonly number[], ...notes: [from: number, to: number, node?: string][]) => {
    const { notes: all, found } = ledger([20, 45], lost)
    const by = (id: number) => notes.find(([from, to]) => from <= id && id <= to)?.[2]
    return { notes: { ...all, acked: all.acked.map(({ id, at }) => ({ id, at, node: by(id) })) }, found }
  }
  const survivor: [number, number, string] = [51, 99, 'node2']

  it.each([
    ['what the survivor had acknowledged', wrote([51], survivor), 'fail', /acknowledged by node2.*: 51$/],
    ['what who knows acknowledged', wrote([50], [20, 50], survivor), 'unknown', /nobody knows who acknow/],
    ['what a stranger acknowledged', wrote([50], [20, 50, 'db'], survivor), 'unknown', /nobody knows who ac/],
  ] as const)('does not lose %s', (_, rows, state, why) => {
    expect(verdict({ ...partition, rows }, 'L')).toMatchObject({ state, why: expect.stringMatching(why) })
  })

  it('has no victim where nobody serves in the end', () => {
    const rows = ledger([20, 45], [50], [], [50])
    const samples = bothServe.filter(({ sent }) => sent < 60_000)
    expect(verdict({ ...partition, samples, rows }, 'L')).toMatchObject({
      state: 'unknown',
      why: expect.stringContaining('nobody knows who survived'),
    })
  })

  it('takes nothing from a cluster that it does not befall', () => {
    const row = { ...partition.row, cluster: { ...cluster, traits: ['files', 'drbd', 'unfenced'] as const } }
    const rows = ledger([20, 45], [50, 51], [], [50, 51])
    expect(verdict({ ...partition, row, rows }, 'L').why).toMatch(/2 of 75 rows lost: 50-51$/)
  })
})

describe('a database that replicates', () => {
  it('may lack the asynchronous tail, which is listed', () => {
    expect(verdict({ ...replicating, rows: ledger([20, 45], [18, 19]) }, 'L')).toMatchObject({
      state: 'pass',
      why: expect.stringContaining('lost: 18-19, the asynchronous tail'),
    })
  })

  it('may not lack what stands before rows that are there, nor any file', () => {
    expect(verdict({ ...replicating, rows: ledger([20, 45], [10, 19]) }, 'L')).toMatchObject({
      state: 'fail',
    })
    expect(verdict({ ...replicating, files: ledger([20, 45], [19]) }, 'L')).toMatchObject({ state: 'fail' })
    // Nor a run in the middle of what the source went on to acknowledge.
    expect(verdict({ ...replicating, rows: ledger([20, 45], [10, 11]) }, 'L')).toMatchObject({
      state: 'fail',
    })
  })

  it('may not lack what was acknowledged after the takeover', () => {
    for (const lost of [[45], [60, 61, 62], [98, 99], [18, 19, 45, 46]])
      expect(verdict({ ...replicating, rows: ledger([20, 45], lost) }, 'L')).toMatchObject({
        state: 'fail',
        why: expect.stringContaining('acknowledged after the service came back: '),
      })
  })

  it('follows in the end', () => {
    const follows = [...replicating.databases, ...database('node1', 70, 100, false)]
    expect(verdict({ ...replicating, databases: follows }, 'R')).toMatchObject({ state: 'pass' })
    const stopped = [...replicating.databases, ...database('node1', 70, 100, false, '')]
    expect(verdict({ ...replicating, databases: stopped }, 'R').why).toMatch(/node1 does not follow: none/)
    const writes = [...replicating.databases, ...database('node1', 30, 60, true)]
    expect(verdict({ ...replicating, databases: writes }, 'R').why).toMatch(/two writable databases for/)
  })

  it('has to have been seen broken where a drill breaks it', () => {
    const follows = [...replicating.databases, ...database('node1', 70, 100, false)]
    const broken = { ...replicating.row, drill: drill('broken-replica') }
    expect(verdict({ ...replicating, row: broken, databases: follows }, 'R')).toMatchObject({
      state: 'unknown',
      why: 'the replication was never seen stopped under the fault',
    })
    const stopped = database('node2', 25, 40, false, 'No')
    expect(verdict({ ...replicating, row: broken, databases: [...stopped, ...follows] }, 'R').state).toBe(
      'pass',
    )
  })

  it('is not passed by what it said long ago, nor when it is down', () => {
    const early = [...replicating.databases, ...database('node1', 60, 65, false)]
    expect(verdict({ ...replicating, databases: early }, 'R')).toMatchObject({
      state: 'unknown',
      why: 'a database did not tell its state in the end',
    })
    const down = database('node1', 70, 100, false, '').map((sample) => ({ ...sample, answers: false }))
    expect(verdict({ ...replicating, databases: [...replicating.databases, ...down] }, 'R')).toMatchObject({
      state: 'fail',
      why: 'the database of node1 does not answer',
    })
  })

  it('may have taken writes while it is there and says nothing', () => {
    const [before, after] = [database('node2', 40, 50, true), database('node2', 85, 100, true)]
    const mute = (from: number, to: number, writable?: boolean) =>
      database('node2', from, to, false, '').map((sample) => ({ ...sample, answers: false, writable }))
    const with2 = (silence: DatabaseSample[]) => [
      ...database('node1', 0, 20, true),
      ...database('node1', 80, 100, false),
      ...database('node2', 0, 40, false),
      ...before,
      ...silence,
      ...after,
    ]
    const why = 'nobody knows whether the database of node2 took writes for 36.0 s'
    const R = (silence: DatabaseSample[]) => verdict({ ...replicating, databases: with2(silence) }, 'R')
    expect(R(mute(50, 85))).toMatchObject({ state: 'unknown', why })
    expect(R([])).toMatchObject({ state: 'unknown', why })
    expect(R(mute(50, 85, false)).state).toBe('pass')
  })

  it('is not passed when it says nothing', () => {
    expect(verdict({ ...replicating, databases: [] }, 'R')).toMatchObject({ state: 'unknown', passed: false })
  })
})

describe('the line of a guest', () => {
  it('becomes a sample', () => {
    expect(
      parseSample(
        'vip=1 mount=1 cs=Connected ro=Primary/Secondary ds=UpToDate/UpToDate units=mariadb,nagios4 boot=0a1b up=71',
      ),
    ).toEqual({
      ...{ vip: true, mounted: true, connection: 'Connected', role: 'Primary', disk: 'UpToDate' },
      ...{ units: ['mariadb', 'nagios4'], boot: '0a1b', up: 71 },
    })
    expect(parseDatabase('read_only=0 io= sql=')).toEqual({
      ...{ answers: true, writable: true, io: '', sql: '' },
    })
  })

  it.each([
    ['gone', false],
    ['silent', undefined],
  ])('of a database that is %s tells what is known of its writes', (line, writable) => {
    expect(parseDatabase(line)).toEqual({ answers: false, writable, io: '', sql: '' })
  })

  it.each([
    '',
    'vip=',
    'vip=2 mount=0 cs= ro= ds= units= boot=a up=1',
    'vip=1 mount=1 cs= ro= ds= units= boot= up=1',
    'vip=1 mount=1 cs= ro= ds= units= boot=a up=',
  ])('is nothing where it is %j', (line) => expect(parseSample(line)).toBeUndefined())
})

it('takes the lines that a drill makes itself out of the forbidden ones', () => {
  const lines = [
    'block drbd0: Split-Brain detected, dropping connection!',
    'InnoDB: page is corrupted',
    'heartbeat.service: Unit process 18802 (heartbeat) remains running after unit stopped.',
    'all is well',
  ]
  expect(forbiddenLines(lines)).toEqual(lines.slice(0, 3))
  expect(forbiddenLines(lines, drill('partition-unfenced').allows)).toEqual(lines.slice(1, 3))
})
