import { beforeAll, describe, expect, it } from 'vitest'
import * as lab from '../../lab/index.ts'
import { converged, inGuest, play } from './laboratory.ts'
import { activeNode, errorsOf, expectRefused, HOLDS_VIP, linesOf, other, until } from './pair.ts'
import { arrived, blockReplication, query, threads } from './replicas.ts'

// The source loses its power, the other one takes over and takes writes; then the first comes back as its replica. The
// tests build on each other.

const CREATE = `CREATE DATABASE proof; CREATE TABLE proof.t (id INT PRIMARY KEY) ENGINE=InnoDB;
  CREATE TABLE proof.fast (id INT PRIMARY KEY) ENGINE=MyISAM; INSERT INTO proof.fast VALUES (1)`
const NEVER_SENT = 4711
const insert = (id: number) => `INSERT INTO proof.t VALUES (${id})`
const rows = (node: string) => query(node, 'SELECT GROUP_CONCAT(id ORDER BY id) FROM proof.t')
const checksums = (node: string) => query(node, 'CHECKSUM TABLE proof.t, proof.fast')

let returning = ''
let active = ''

/** The source loses its power, the other one writes, and the first one boots. */
async function fail(id: number): Promise<void> {
  returning = await activeNode()
  active = other(returning)
  await lab.fault('power-off', returning)
  await until(active, HOLDS_VIP)
  await query(active, insert(id))
  await lab.fault('power-on', returning)
  await lab.ready(returning)
}

async function expectReplica(): Promise<void> {
  expect(await query(returning, 'SELECT @@read_only')).toBe('1')
  expect((await threads(returning)).match(/Yes/g)).toHaveLength(2)
  await arrived(active, returning)
  expect(await checksums(returning)).toBe(await checksums(active))
}

beforeAll(async () => {
  await converged('replication')
  const source = await activeNode()
  await query(source, `${CREATE}; ${insert(1)}`)
  await arrived(source, other(source))
  await blockReplication(source, other(source))
  await query(source, insert(NEVER_SENT))
  await fail(2)
})

describe('a source that comes back', () => {
  it('takes no writes and follows nobody by itself', async () => {
    expect(await query(returning, 'SELECT @@read_only')).toBe('1')
    expect(await threads(returning)).toBe('')
    expect(await rows(active)).toBe('1,2')
    expect(await rows(returning)).toBe(`1,${NEVER_SENT}`)
  })

  it('is refused as long as nobody gives up what it has never sent, and keeps it', async () => {
    const run = await play('rejoin', '-e', `node=${returning}`)
    expectRefused(
      run,
      new RegExp(`${returning}: it has transactions that its peer does not know \\(0-[12]-\\d+\\)`),
    )
    expect(await rows(returning)).toBe(`1,${NEVER_SENT}`)
  })

  it('becomes a replica with equal sums; what it has never sent is saved, and gone from the data', async () => {
    const run = await play('rejoin', '-e', `node=${returning}`, '-e', 'errant=discard')
    expect(errorsOf(run)).toBe('')
    expect(run.code).toBe(0)
    expect(linesOf(run, 'conclusion')).toMatch(
      new RegExp(`${returning}: \\d+ tables are equal at 0-[12]-\\d+`),
    )
    expect(await rows(returning)).toBe('1,2')
    expect(await inGuest(returning, `sudo grep -rl @1=${NEVER_SENT} /var/lib/db-promote/errant`)).toMatch(
      /\/0-[12]-\d+\.[-\dT]+Z\.sql$/,
    )
    await expectReplica()
  })

  it('comes back once', async () => {
    const run = await play('rejoin', '-e', `node=${returning}`)
    expect({ errors: errorsOf(run), code: run.code, changed: run.recap.changed }).toEqual({
      errors: '',
      code: 0,
      changed: 0,
    })
  })

  it('follows at once where all that it wrote had arrived, the other way round', async () => {
    await fail(3)
    const run = await play('rejoin', '-e', `node=${returning}`)
    expect(errorsOf(run)).toBe('')
    expect(run.tasks('changed').filter((task) => task.includes('reseed'))).toEqual([])
    expect(await rows(returning)).toBe('1,2,3')
    await expectReplica()
  })
})
