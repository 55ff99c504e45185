import { beforeAll, describe, expect, it } from 'vitest'
import * as lab from '../../lab/index.ts'
import { converged, inGuest, play } from './laboratory.ts'
import {
  activeNode,
  checksum,
  DISK,
  errorsOf,
  expectNoChange,
  expectRefused,
  expectToServe,
  expectToStandBy,
  other,
  untilServing,
  write,
  written,
} from './pair.ts'

// The active node dies with all its disks, and an empty machine stands in its place. The tests build on each other.

let newcomer = ''
let survivor = ''

beforeAll(async () => {
  await converged('two-node')
  newcomer = await activeNode()
  survivor = other(newcomer)
  await write(newcomer, 1)
  await lab.fault('replace', newcomer)
  await untilServing(survivor)
  await write(survivor, 2)
})

const settings = () =>
  inGuest(
    survivor,
    'sudo sh -c "find /etc/ha.d /etc/drbd.d /etc/mysql /etc/hosts -type f | sort | xargs sha256sum"',
  )

describe('a new machine in place of a dead one', () => {
  it('never takes the place of the survivor', async () => {
    const run = await play('replace-node', '-e', `node=${survivor}`, '-e', 'lost=forever')
    expectRefused(run, new RegExp(`${survivor} holds 192.168.56.10: it is the one that serves`))
  })

  it('has an empty disk, or nothing is done to it', async () => {
    await inGuest(newcomer, `sudo mke2fs -q -t ext4 ${DISK} && sync`)
    const before = await checksum(newcomer)
    const run = await play('replace-node', '-e', `node=${newcomer}`, '-e', 'lost=forever')
    expect(run.code).toBe(3)
    expect(errorsOf(run)).toMatch(new RegExp(`${newcomer}: ${DISK} holds ext4`))
    expect(await checksum(newcomer)).toBe(before)
    expect(await written(survivor)).toEqual({ rows: '1,2', files: '1,2' })
    await inGuest(newcomer, `sudo wipefs -q -a ${DISK} && sudo blkdiscard -f -z ${DISK}`)
  })

  it('gets all that its predecessor had, while the survivor serves unchanged', async () => {
    const before = await settings()
    const run = await play('replace-node', '-e', `node=${newcomer}`, '-e', 'lost=forever')
    expect(errorsOf(run)).toBe('')
    expect(run.code).toBe(0)
    await expectToServe(survivor)
    await expectToStandBy(newcomer)
    expect(await settings()).toBe(before)
    expect(run.tasks('changed').filter((task) => task.startsWith(survivor))).toEqual([])
    expect(await written(survivor)).toEqual({ rows: '1,2', files: '1,2' })
  })

  it('is as the playbook of the topology makes one', async () => {
    expectNoChange(await play('two-node'))
    expectNoChange(await play('replace-node', '-e', `node=${newcomer}`, '-e', 'lost=forever'))
  })
})
