import { beforeAll, describe, expect, it } from 'vitest'
import * as lab from '../../lab/index.ts'
import { converged, inGuest, play } from './laboratory.ts'
import {
  activeNode,
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

// The active node loses its power, the other one takes over and writes; then the first comes back. The tests build on each
// other.

let returning = ''
let active = ''

beforeAll(async () => {
  await converged('two-node')
  returning = await activeNode()
  active = other(returning)
  await write(returning, 1)
  await lab.fault('power-off', returning)
  await untilServing(active)
  await write(active, 2)
  await lab.fault('power-on', returning)
  await lab.ready(returning)
})

describe('a node that comes back', () => {
  it('is never the one that serves', async () => {
    expectRefused(
      await play('rejoin', '-e', `node=${active}`),
      new RegExp(`${active}: it holds 192.168.56.10`),
    )
  })

  it('does not come back to take the service over', async () => {
    await inGuest(returning, "sudo sed -i 's/^auto_failback off/auto_failback on/' /etc/ha.d/ha.cf")
    expectRefused(
      await play('rejoin', '-e', `node=${returning}`),
      new RegExp(`${returning}: ha.cf says auto_failback on`),
    )
    await inGuest(returning, "sudo sed -i 's/^auto_failback on/auto_failback off/' /etc/ha.d/ha.cf")
  })

  it('catches up and stands by, and the service stays', async () => {
    await inGuest(returning, 'sudo systemctl stop heartbeat && sudo drbdadm disconnect r0')
    await write(active, 3)
    const run = await play('rejoin', '-e', `node=${returning}`)
    expect(errorsOf(run)).toBe('')
    expect(run.code).toBe(0)
    expect(run.tasks('changed')).toEqual(
      expect.arrayContaining([`${returning} DRBD resource r0 looks for its peer`, `${returning} heartbeat`]),
    )
    await expectToServe(active)
    await expectToStandBy(returning)
    expect(await written(active)).toEqual({ rows: '1,2,3', files: '1,2,3' })
  })

  it('comes back once', async () => {
    expectNoChange(await play('rejoin', '-e', `node=${returning}`))
  })
})
