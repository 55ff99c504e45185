import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import * as lab from '../../lab/index.ts'
import { converged, inGuest, zx } from './laboratory.ts'

// What heartbeat does with a silent node when it can have it reset. The lab's power switch writes down what it was asked.

const NODES = ['node1', 'node2'] as const
const HOLDS_VIP = 'ip -oneline -4 address show to 192.168.56.10 | grep -q .'

/** Seconds since heartbeat was started, and more than all limits of the topology together. */
const AGE_OF_HEARTBEAT = "ps -o etimes= -C heartbeat | sort -n | tail -n 1 | tr -d ' '"
const PATIENCE = 200

let active = ''
let standby = ''

beforeEach(async () => {
  await converged('two-node-lun', 'two-node')
  const held = await Promise.all(NODES.map((node) => isMounted(node)))
  expect(held.toSorted()).toEqual([false, true])
  active = NODES[held.indexOf(true)] ?? ''
  standby = NODES[held.indexOf(false)] ?? ''
})

it('takes over from a node without power, when the switch has confirmed it', async () => {
  const asked = await resets()
  await lab.fault('power-off', active)
  await takenOver()
  expect((await resets()).slice(asked.length)).toEqual([`${standby}: reset ${active}: ok`])
})

it('lets one node survive a partition as long as it lasts, and never has the disk mounted twice', async () => {
  const asked = await resets()
  await lab.fault('cut', active)
  await takenOver()
  const boot = await bootOf(standby)
  await lab.ready(active)
  // Of itself it would have taken its silent peer for dead long ago, and would have reset it.
  await inGuest(active, `until [ "$(${AGE_OF_HEARTBEAT})" -gt ${PATIENCE} ]; do sleep 5; done`)
  expect((await resets()).slice(asked.length)).toEqual([`${standby}: reset ${active}: ok`])
  expect(await bootOf(standby)).toBe(boot)
  expect(await isMounted(active)).toBe(false)
  await lab.fault('heal', active)
  await inGuest(
    active,
    `until [ "$(sudo cl_status nodestatus ${standby} 2>/dev/null)" = active ]; do sleep 2; done`,
  )
  await inGuest(standby, `until [ "$(sudo cl_status nodestatus ${active})" = active ]; do sleep 2; done`)
  expect(await isMounted(active)).toBe(false)
  expect(await isMounted(standby)).toBe(true)
  expect((await resets()).slice(asked.length)).toHaveLength(1)
})

it('resets a node that hangs, so that it does not write when it comes back', async () => {
  const boot = await bootOf(active)
  await lab.fault('freeze', active)
  await takenOver()
  await lab.fault('thaw', active)
  await lab.ready(active)
  expect(await bootOf(active)).not.toBe(boot)
  expect(await isMounted(active)).toBe(false)
  expect(await isMounted(standby)).toBe(true)
})

it('is known by status to be in vain while the device does not answer', async () => {
  expect((await zx('playbooks/status.mjs', '--lab')).stdout).not.toContain('fencing device')
  await inGuest(standby, 'sudo ip route add blackhole 10.0.2.100/32')
  const { code, stdout } = await zx('playbooks/status.mjs', '--lab')
  expect(stdout).toMatch(/^CLUSTER WARNING - .*do not fail over now/)
  expect(stdout).toContain(
    `the fencing device that ${standby} asks does not answer: nobody would take over from a silent node`,
  )
  expect(stdout).not.toContain(`the fencing device that ${active} asks`)
  expect(stdout).toContain('  fail over   no, not now\n')
  expect(code).toBe(1)
})

/** Waits until the standby serves. At no look have both nodes mounted the disk. */
async function takenOver(): Promise<void> {
  for (;;) {
    const [here, there] = await Promise.all([isMounted(standby), isMounted(active)])
    expect(here && there, 'mounted on both nodes').toBe(false)
    if (here && (await lab.ssh(standby, HOLDS_VIP)).code === 0) return
    await new Promise((resolve) => setTimeout(resolve, 2000))
  }
}

const bootOf = (node: string) => inGuest(node, 'cat /proc/sys/kernel/random/boot_id')

/** False where nobody answers: such a node may hang, but then it writes nothing either. */
async function isMounted(node: string): Promise<boolean> {
  const { code } = await lab.ssh(node, 'timeout 5 grep -q " /mnt/shared " /proc/mounts')
  return code === 0
}

/** What the power switch was asked to reset, and its answers: `node2: reset node1: ok`. */
async function resets(): Promise<string[]> {
  const { inventory } = await lab.asItIs.up()
  const log = readFileSync(join(dirname(inventory), 'power-switch.log'), 'utf8')
  return [...log.matchAll(/^\S+ (\w+: reset .*)$/gm)].map(([, line = '']) => line)
}
