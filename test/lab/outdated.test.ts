import { beforeAll, describe, expect, it } from 'vitest'
import * as lab from '../../lab/index.ts'
import { converged, inGuest } from './laboratory.ts'
import {
  activeNode,
  CUT_DRBD,
  expectToServe,
  expectToStandBy,
  HEAL_DRBD,
  HOLDS_VIP,
  other,
  until,
  write,
  written,
} from './pair.ts'

// DRBD's link alone is lost: the nodes still hear each other, and the copy that is left behind must never be served.

let active = ''
let standby = ''
beforeAll(async () => {
  await converged('two-node')
  active = await activeNode()
  standby = other(active)
})

describe('a standby that DRBD does not reach', () => {
  it('has its copy marked as outdated, while the active node goes on', async () => {
    await write(active, 1)
    await inGuest(standby, CUT_DRBD)
    await until(standby, "grep -q ' ro:Secondary/Unknown ds:Outdated/' /proc/drbd")
    await write(active, 2)
    expect(await inGuest(active, 'sed -n 3p /proc/drbd')).toMatch(
      /ro:Primary\/Unknown ds:UpToDate\/Outdated /,
    )
    expect(await written(active)).toEqual({ rows: '1,2', files: '1,2' })
    await inGuest(active, HOLDS_VIP)
  })

  it('cannot be promoted', async () => {
    const { code, stderr } = await lab.ssh(standby, 'sudo drbdadm primary r0')
    expect(code).not.toBe(0)
    expect(stderr).toMatch(/UpToDate/)
    expect(await inGuest(standby, 'sed -n 3p /proc/drbd')).toContain('ro:Secondary/Unknown ds:Outdated/')
  })

  it('catches up when the link is back, and can take over then', async () => {
    await inGuest(standby, HEAL_DRBD)
    await until(standby, "grep -q 'cs:Connected ro:Secondary/Primary ds:UpToDate/UpToDate' /proc/drbd")
    await expectToStandBy(standby)
    await lab.fault('power-off', active)
    await until(standby, HOLDS_VIP)
    await expectToServe(standby)
    expect(await written(standby)).toEqual({ rows: '1,2', files: '1,2' })
  })
})
