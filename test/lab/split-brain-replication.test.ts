import { beforeAll, describe, expect, it } from 'vitest'
import * as lab from '../../lab/index.ts'
import { inGuest, play, zx } from './laboratory.ts'
import { errorsOf, expectNoChange, HOLDS_VIP, linesOf, NODES, until } from './pair.ts'
import { query, replicatingPair, threads } from './replicas.ts'

// A split in which both databases take writes. Afterwards neither is promoted beside the other, by whatever heartbeat tries,
// until a person has named the victim. The tests build on each other.

let survivor = ''
let victim = ''
const ID = { node1: 11, node2: 12 } as Record<string, number>

const rows = (node: string) => query(node, 'SELECT GROUP_CONCAT(id ORDER BY id) FROM proof.t')
const WRITABLE = '[ "$(sudo mariadb -Ne "SELECT @@read_only")" = 0 ]'
const refusedSince = (mark: string) =>
  `sudo journalctl --since ${mark} -t db-promote | grep -q 'not promoted: the peer has transactions that are not here'`

beforeAll(async () => {
  const { active, standby } = await replicatingPair()
  await lab.fault('cut', standby)
  await until(standby, `{ ${HOLDS_VIP} && ${WRITABLE}; }`)
  expect(await inGuest(active, `${HOLDS_VIP} && ${WRITABLE} && echo serves`), 'both serve').toBe('serves')
  for (const node of NODES) await query(node, `INSERT INTO proof.t VALUES (${ID[node]})`)
  const mark = await inGuest(active, 'date +@%s')
  await lab.fault('heal', standby)
  // Each of them has tried by then, in vain.
  for (const node of NODES) await until(node, refusedSince(mark))
  survivor = standby
  victim = active
})

describe('a split in which both databases took writes', () => {
  it('leaves neither of them promoted', async () => {
    for (const node of NODES) expect(await query(node, 'SELECT @@read_only'), node).toBe('1')
    const { code, stdout } = await zx('playbooks/status.mjs', '--lab')
    expect(stdout).toMatch(
      /CRITICAL +the databases of node1 \(0-1-[.\d]+\) and node2 \(0-2-[.\d]+\) have gone different ways/,
    )
    expect(code).toBe(2)
  })

  it('names the transactions that would be lost before anything is done', async () => {
    const run = await play('resolve-split-brain', '-e', `victim=${victim}`, '--check')
    expect(run.code).toBe(0)
    expect(linesOf(run, 'foreword')).toMatch(/transactions that only its database has: 0-[12]-[.\d]+;/)
  })

  it('ends with the service on the survivor, and keeps on the victim what only that one has', async () => {
    const run = await play('resolve-split-brain', '-e', `victim=${victim}`)
    expect(errorsOf(run)).toBe('')
    expect(run.code).toBe(0)
    expect(await inGuest(survivor, `${HOLDS_VIP} && ${WRITABLE} && echo serves`)).toBe('serves')
    expect(await inGuest(victim, `${HOLDS_VIP} || echo none`)).toBe('none')
    expect([await rows(survivor), await rows(victim)]).toEqual([`1,${ID[survivor]}`, `1,${ID[victim]}`])
  })

  it('is not resolved twice', async () => {
    expectNoChange(await play('resolve-split-brain', '-e', `victim=${victim}`))
  })

  it('is over when the victim has come back, and what only it had is saved', async () => {
    const run = await play('rejoin', '-e', `node=${victim}`, '-e', 'errant=discard')
    expect(errorsOf(run)).toBe('')
    expect(run.code).toBe(0)
    expect(await rows(victim)).toBe(`1,${ID[survivor]}`)
    expect((await threads(victim)).match(/Yes/g)).toHaveLength(2)
    expect(await inGuest(victim, `sudo grep -rl @1=${ID[victim]} /var/lib/db-promote/errant`)).not.toBe('')
  })
})
