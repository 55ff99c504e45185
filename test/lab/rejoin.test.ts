import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import * as lab from '../../lab/index.ts'
import { converged, inGuest, play, zx } from './laboratory.ts'
import {
  activeNode,
  errorsOf,
  expectNoChange,
  expectRefused,
  expectToServe,
  expectToStandBy,
  HOLDS_VIP,
  NODES,
  other,
  until,
  untilServing,
  write,
  written,
} from './pair.ts'

// The active node loses its power, the other one takes over and writes; then the first comes back. The tests build on each
// other.

let returning = ''
let active = ''

async function powerCut(): Promise<void> {
  await converged('two-node')
  returning = await activeNode()
  active = other(returning)
  await write(returning, 1)
  await lab.fault('power-off', returning)
  await untilServing(active)
  await write(active, 2)
}

async function powerOn(node: string): Promise<void> {
  await lab.fault('power-on', node)
  await lab.ready(node)
}

/** Seconds that heartbeat waits for its peer after a boot, of lab/topologies/two-node.yml. */
const INITDEAD = 80

const GOOD = "sed -n 3p /proc/drbd | grep -q 'cs:Connected .*UpToDate/UpToDate'"
const HEARTBEAT_RUNS = '[ "$(sudo systemctl is-active heartbeat)" = active ]'

describe('a node that comes back', () => {
  beforeAll(async () => {
    await powerCut()
    await powerOn(returning)
  })

  it('stands by from its boot on, and its copy catches up', async () => {
    await until(returning, HEARTBEAT_RUNS)
    await until(returning, GOOD)
    await expectToStandBy(returning)
    await expectToServe(active)
    expect(await written(active)).toEqual({ rows: '1,2', files: '1,2' })
    await until(active, `[ "$(sudo cl_status nodestatus ${returning})" = active ]`)
    expectNoChange(await play('rejoin', '-e', `node=${returning}`))
  })

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

describe('a node that comes back while the one with the newer data is off', () => {
  beforeAll(async () => {
    await powerCut()
    await lab.fault('power-off', active)
    await lab.fault('power-on', returning)
    // Its boot does not end, since DRBD waits in it.
    while ((await lab.ssh(returning, 'grep -q cs:WFConnection /proc/drbd')).code !== 0) await sleep(2000)
  })

  it('serves nobody its old data, longer than heartbeat would wait for a peer', async () => {
    await inGuest(returning, `sleep ${2 * INITDEAD}`)
    expect(await inGuest(returning, 'sudo systemctl is-active drbd heartbeat || :')).toBe(
      'activating\ninactive',
    )
    expect(await inGuest(returning, `if ${HOLDS_VIP}; then echo yes; else echo no; fi`)).toBe('no')
    expect(await inGuest(returning, 'sed -n 3p /proc/drbd')).toContain('cs:WFConnection ro:Secondary/')
    expect(await inGuest(returning, "grep -c ' /mnt/shared ' /proc/mounts || :")).toBe('0')
    const { code, stdout } = await zx('playbooks/status.mjs', '--lab')
    expect(stdout).toContain('no node is seen to hold 192.168.56.10')
    expect(code).toBe(2)
  })

  it('goes on when the other one is back, with what both have written', async () => {
    await powerOn(active)
    const serves = await Promise.race(NODES.map((node) => untilServing(node).then(() => node)))
    await until(serves, GOOD)
    await expectToServe(serves)
    await expectToStandBy(other(serves))
    expect(await written(serves)).toEqual({ rows: '1,2', files: '1,2' })
  })
})
