import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Drill } from '../../lab/drills/drill.ts'
import { conduct } from '../../lab/drills/run/conduct.ts'
import type { Ground } from '../../lab/drills/run/ground.ts'
import { makeWell, runDrills } from '../../lab/drills/run/run.ts'
import type { Row } from '../../lab/drills/scene.ts'
import { cluster, drill } from '../unit/lab/drills/fixture.ts'

// The course of a drill on nodes that are loops of this machine's sh.

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runsheet-conduct-'))
  hold('node1')
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Who has the address from now on. */
const hold = (...nodes: string[]) => writeFileSync(join(folder, 'holders'), `${nodes.join('\n')}\n`)

const own = { ...cluster, traits: ['files' as const], units: [] }

/** Each node answers as it would to the loop that it is given. */
const ground = (more: Partial<Ground>): Ground => ({
  playbook: 'two-node',
  clusters: [own],
  witness: 'witness',
  emulated: false,
  folder,
  password: '',
  argv: (node, script) => {
    const state = `vip=$(grep -cx ${node} ${folder}/holders) mount=0 cs=$(cat ${folder}/connection 2>/dev/null) ro= ds= units=$(cat ${folder}/units 2>/dev/null) boot=a up=1`
    const answer = script.includes('/files') ? `echo "ok $id ${node}"` : `echo "${state}"`
    return ['sh', '-c', `while read -r id; do ${answer}; done`]
  },
  run: async () => ({ code: 0, stdout: 'running', stderr: '' }),
  fencings: () => undefined,
  inject: async () => {},
  heal: async () => {},
  play: async () => said(0, status('node1')),
  ...more,
})

const row = (more: Partial<Drill>): Row => ({
  name: 'clock-jump',
  drill: { ...drill('clock-jump'), hold: 0, ...more },
  cluster: own,
})

describe('a drill that breaks off', () => {
  it('stops to watch, and is told as one that was run: its fault was done', async () => {
    const gone = ground({ play: () => Promise.reject(new Error('cannot run node: it is gone')) })
    const evidence = await conduct(gone, row({}), 'node1', () => {})
    expect(evidence.broken).toEqual(['cannot run node: it is gone'])
    expect(evidence).toMatchObject({ status: undefined, drift: undefined, forbidden: undefined })
    expect(evidence.files?.found).toBeUndefined()
    const { length } = evidence.samples
    await sleep(600)
    expect(evidence.samples).toHaveLength(length)
  })
})

it('a late blow comes when something was acknowledged without the node that was struck before', async () => {
  const times: number[] = []
  const faults = [
    { fault: 'clock-jump', on: 'standby' },
    { fault: 'clock-jump', on: 'active', late: true },
  ] as const
  const inject = async () => void times.push(Date.now())
  const { files } = await conduct(ground({ inject }), row({ faults }), 'node1', () => {})
  const [first = 0, second = 0] = times
  const between = files?.notes.acked.filter(({ at }) => at > first + 1000 && at <= second)
  expect(between?.length).toBeGreaterThan(0)
}, 60_000)

it('a fault that shows late is not healed before it did', async () => {
  let shown = 0
  const show = () => {
    shown = Date.now()
    writeFileSync(join(folder, 'connection'), 'WFConnection')
  }
  const mirrored = { ...own, traits: [...own.traits, 'drbd' as const] }
  const late = ground({ inject: async () => void setTimeout(show, 1500) })
  const { healed } = await conduct(
    late,
    { ...row({ evident: 'apart' }), cluster: mirrored },
    'node1',
    () => {},
  )
  expect(healed).toBeGreaterThan(shown)
  expect(shown).toBeGreaterThan(0)
}, 60_000)

it('nothing is brought back where nothing was broken: a playbook that restarts nodes would run unwatched', async () => {
  const played: string[] = []
  const idle = ground({
    play: async (playbook) => {
      played.push(playbook)
      return said(0, status('node1'))
    },
  })
  const nobodyWrites = (line: string) => {
    if (line.includes('ledgers are written')) throw new Error('nobody writes')
  }
  const { broken } = await conduct(
    idle,
    row({ recovery: [{ playbook: 'update', extra: {} }] }),
    'node1',
    nobodyWrites,
  )
  expect(broken).toEqual(['nobody writes'])
  expect(played).not.toContain('update')
}, 60_000)

it('what was killed is waited for until all runs again', async () => {
  const units = { ...own, units: ['nagios4'] }
  let back = 0
  const run = (what: string) => writeFileSync(join(folder, 'units'), what)
  run('nagios4')
  const restored = () => {
    back = Date.now()
    run('nagios4')
  }
  const killed = ground({
    inject: async () => {
      run('')
      setTimeout(restored, 2500)
    },
  })
  const { healed } = await conduct(
    killed,
    { ...row({ evident: 'killed' }), cluster: units },
    'node1',
    () => {},
  )
  expect(back).toBeGreaterThan(0)
  expect(healed).toBeGreaterThan(back)
}, 60_000)

describe('what has to be refused under a fault', () => {
  const refused = { playbook: 'switchover', extra: { to: 'idle' }, reason: /Outdated/ }
  const asked = async (code: number, message: string) => {
    const played: string[] = []
    const moves = ground({
      play: async (playbook, extra) => {
        played.push([playbook, ...Object.values(extra)].join(' '))
        return playbook === 'switchover' ? said(code, { event: 'error', message }) : said(0, status('node1'))
      },
    })
    const { broken } = await conduct(moves, row({ refused }), 'node1', () => {})
    return { played: played[0], broken }
  }

  it('is asked of the node that does not serve', async () => {
    expect(await asked(3, 'its disk is Outdated')).toEqual({ played: 'switchover node2', broken: [] })
  })

  it.each([
    [0, ''],
    [3, 'heartbeat is inactive'],
    [2, 'its disk is Outdated'],
  ])('is no refusal with exit code %d and %j', async (code, message) => {
    const { broken } = await asked(code, message)
    expect(broken).toEqual([expect.stringMatching(`^switchover did not refuse, and ended with ${code}: `)])
  })
})

it('is judged by what each node said after all was well', async () => {
  let well = 0
  const plain = ground({})
  const slow = ground({
    argv: (node, script) =>
      script.includes('SLAVE')
        ? ['sh', '-c', 'while read -r tick; do sleep 3; echo silent; done']
        : plain.argv(node, script).map((word) => word.replace('id; do', 'id; do sleep 2;')),
    play: async (playbook) => {
      if (playbook === 'status') well = Date.now()
      return said(0, status('node1'))
    },
  })
  const replicates = { ...own, traits: ['files' as const, 'replication' as const] }
  const replicating = { ...row({}), cluster: replicates }
  const { samples, databases, ended } = await conduct(slow, replicating, 'node1', () => {})
  for (const list of [samples, databases])
    for (const node of own.nodes)
      expect(list.some((one) => one.node === node && one.sent > well && one.received <= ended)).toBe(true)
}, 60_000)

const status = (active: string) => ({
  event: 'verdict',
  exitCode: 0,
  lines: ['CLUSTER OK'],
  data: { clusters: [{ cluster: 'cluster', active: [active], failover: { safe: true } }] },
})
const said = (code: number, ...events: object[]) => ({
  ...{ code, stderr: '', stdout: events.map((event) => `${JSON.stringify(event)}\n`).join('') },
})

describe('what brings a cluster back', () => {
  const recovery = [{ playbook: 'rejoin', extra: { node: 'idle', errant: 'discard' } }]

  it('names the node that does not serve in the end, whatever it was before, when both have booted', async () => {
    const states = ['starting', 'starting', 'degraded']
    const played: string[] = []
    const after = ground({
      inject: async () => hold('node1', 'node2'),
      // Both give it up after a split, not in the same moment; then one has it.
      heal: async () => {
        hold('node1')
        setTimeout(() => hold(), 1500)
        setTimeout(() => hold('node2'), 3000)
      },
      run: async (node) => ({
        code: 0,
        stdout: node === 'node1' ? (states.shift() ?? 'running') : 'running',
        stderr: '',
      }),
      play: async (playbook, extra) => {
        played.push(`${playbook} ${Object.values(extra).join(' ')} ${states.length}`)
        return said(0, status('node2'))
      },
    })
    const { broken } = await conduct(after, row({ recovery }), 'node1', () => {})
    expect(broken).toEqual([])
    expect(played[0]).toBe('rejoin node1 discard 0')
  })

  it('tells why it was refused, which a playbook says among its events', async () => {
    const refused = ground({
      play: async (playbook) =>
        playbook === 'rejoin'
          ? said(3, { event: 'error', message: 'node2: it holds nothing' }, { event: 'recap', exitCode: 3 })
          : said(0, status('node1')),
    })
    const { broken } = await conduct(refused, row({ recovery }), 'node1', () => {})
    expect(broken).toEqual(['rejoin ended with 3: node2: it holds nothing'])
  })
})

describe('the drill after one that was not passed', () => {
  it('begins from the cluster as it was before all of them: a fault may be left that status does not see', async () => {
    const told: string[] = []
    const lossy = ground({ play: async () => said(0, status('node1')) })
    const putBack = async () => void told.push('put back')
    const lines: string[] = []
    const kept: number[] = []
    const results = await runDrills(
      { ground: lossy, putBack },
      [row({}), row({})],
      (line) => {
        lines.push(line)
        told.push(...(line.match(/NOT passed|reading/) ?? []))
      },
      (known) => kept.push(known.length),
    )
    // A run of hours may be ended in the middle.
    expect(kept).toEqual([1, 2])
    expect(lines).toContainEqual(expect.stringMatching(/^clock-jump: L fail: \d+ of \d+ files lost: /))
    expect(results.map(({ passed, notRun }) => [passed, notRun])).toEqual([
      [false, undefined],
      [false, undefined],
    ])
    expect(told).toEqual(['reading', 'NOT passed', 'put back', 'reading', 'NOT passed'])
    // So does the first one of the next run, whatever status says; and no snapshot is made of a fault.
    const lossyArena = { ground: lossy, putBack }
    await expect(makeWell(lossyArena, false, () => {})).rejects.toThrow('no snapshot is there to go back to')
    await makeWell(lossyArena, true, () => {})
    await makeWell(lossyArena, true, () => {})
    expect(told.filter((line) => line === 'put back')).toHaveLength(2)
  })

  it('waits for a status that is not safe for a moment, and puts nothing back', async () => {
    const told: string[] = []
    const states = [false, true]
    const busy = ground({
      inject: async () =>
        void told.push(existsSync(join(folder, 'drill-under-way')) ? 'marked' : 'not marked'),
      play: async () => {
        const safe = states.shift() ?? true
        const { data, ...rest } = status('node1')
        const clusters = data.clusters.map((one) => ({ ...one, failover: { safe } }))
        return said(0, { ...rest, data: { clusters } })
      },
    })
    const putBack = async () => void told.push('put back')
    await runDrills({ ground: busy, putBack }, [row({})], (line) =>
      told.push(...(line.match(/not yet/) ?? [])),
    )
    expect(told).toEqual(['not yet', 'marked'])
  }, 60_000)
})
