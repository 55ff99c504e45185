import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as lab from '../../lab/index.ts'
import { inGuest, play, programsOf } from './laboratory.ts'
import { log, nameOf } from './labs.ts'
import {
  activeNode,
  checksum,
  DISK,
  errorsOf,
  expectNoChange,
  expectToServe,
  expectToStandBy,
  HOLDS_VIP,
  other,
  VIP,
} from './pair.ts'

// Two real machines from bare disks to a lost one. The tests build on each other: a converged pair takes minutes.

let folder = ''

beforeAll(async () => {
  process.env.LAB_NAME = nameOf('two-node')
  await lab.destroy({ log })
  folder = dirname((await lab.up({ log })).inventory)
}, 15 * 60_000)

afterAll(async () => {
  await lab.destroy({ log })
  expect(programsOf(folder)).toEqual([])
  expect(existsSync(folder)).toBe(false)
}, 60_000)

describe('two-node', () => {
  it('refuses a disk that holds a file system, and leaves its bytes alone', async () => {
    await inGuest('node2', `sudo mke2fs -q -t ext4 -L precious ${DISK} && sync`)
    const before = await checksum('node2')
    const run = await play('two-node')
    expect(run.code).toBe(3)
    expect(errorsOf(run)).toMatch(/node2[\s\S]*ext4/)
    expect(await checksum('node2')).toBe(before)
    expect(await inGuest('node1', `sudo blkid -p ${DISK} || echo nothing`)).toBe('nothing')
    await inGuest('node2', `sudo wipefs -q -a ${DISK} && sudo blkdiscard -f -z ${DISK}`)
  })

  it('makes a pair of them', async () => {
    const run = await play('two-node')
    expect(errorsOf(run)).toBe('')
    expect(run.code).toBe(0)
    const active = await activeNode()
    await expectToServe(active)
    await expectToStandBy(other(active))
    expect(await inGuest(active, 'sed -n 3p /proc/drbd')).toContain(
      'Connected ro:Primary/Secondary ds:UpToDate/UpToDate',
    )
    expect(JSON.stringify(run.events)).toContain(`the service is at ${VIP} on ${active}`)
  })

  it('finds nothing to change a second time, in three round trips a host', async () => {
    expectNoChange(await play('two-node'))
    const check = await play('two-node', '--check')
    expectNoChange(check)
    expect(check.recap.changed).toBe(0)
  })

  it('finds and mends one lost file, and nothing else', async () => {
    await inGuest('node1', 'sudo rm /etc/ha.d/ha.cf')
    const check = await play('two-node', '--check')
    expect(check.tasks('would-change')).toEqual(['node1 /etc/ha.d/ha.cf'])
    const run = await play('two-node')
    expect(run.code).toBe(0)
    expect(run.tasks('changed')).toEqual(['node1 /etc/ha.d/ha.cf'])
    expectNoChange(await play('two-node', '--check'))
  })

  it('serves from the other node when the active one loses its power, with the row that was committed', async () => {
    const active = await activeNode()
    const survivor = other(active)
    const create = 'CREATE DATABASE proof; CREATE TABLE proof.t (id INT PRIMARY KEY) ENGINE=InnoDB'
    await inGuest(active, `sudo mariadb -e '${create}; INSERT INTO proof.t VALUES (4711)'`)
    await lab.fault('power-off', active)
    await lab.ssh(survivor, `until ${HOLDS_VIP}; do sleep 1; done`)
    await expectToServe(survivor)
    expect(await inGuest(survivor, "sudo mariadb -N -e 'SELECT id FROM proof.t'")).toBe('4711')
  })
})
