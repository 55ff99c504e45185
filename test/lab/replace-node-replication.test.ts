import { beforeAll, describe, expect, it } from 'vitest'
import * as lab from '../../lab/index.ts'
import { play } from './laboratory.ts'
import { errorsOf, expectNoChange, HOLDS_VIP, until } from './pair.ts'
import { arrived, query, replicatingPair, threads } from './replicas.ts'

// The source dies with all its disks. An empty machine in its place becomes the replica of the one that took over.

let newcomer = ''
let survivor = ''

beforeAll(async () => {
  const { active, standby } = await replicatingPair()
  newcomer = active
  survivor = standby
  await lab.fault('replace', newcomer)
  await until(survivor, HOLDS_VIP)
  await query(survivor, 'INSERT INTO proof.t VALUES (2)')
})

describe('a new machine in place of a dead source', () => {
  it('gets files and databases, while the survivor takes writes', async () => {
    const run = await play('replace-node', '-e', `node=${newcomer}`, '-e', 'lost=forever')
    expect(errorsOf(run)).toBe('')
    expect(run.code).toBe(0)
    await query(survivor, 'INSERT INTO proof.t VALUES (3)')
    await arrived(survivor, newcomer)
    expect(await query(newcomer, 'SELECT GROUP_CONCAT(id ORDER BY id) FROM proof.t')).toBe('1,2,3')
    expect(await query(newcomer, 'SELECT @@read_only')).toBe('1')
    expect((await threads(newcomer)).match(/Yes/g)).toHaveLength(2)
    const sums = 'CHECKSUM TABLE proof.t'
    expect(await query(newcomer, sums)).toBe(await query(survivor, sums))
  })

  it('is as the playbook of the topology makes one', async () => {
    expectNoChange(await play('replication'))
    expectNoChange(await play('replace-node', '-e', `node=${newcomer}`, '-e', 'lost=forever'))
  })
})
