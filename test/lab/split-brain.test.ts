import { beforeAll, describe, expect, it } from 'vitest'
import * as lab from '../../lab/index.ts'
import { converged, inGuest, play, zx } from './laboratory.ts'
import {
  activeNode,
  checksum,
  errorsOf,
  expectNoChange,
  expectRefused,
  expectToServe,
  expectToStandBy,
  HOLDS_VIP,
  linesOf,
  NODES,
  other,
  until,
  untilServing,
  write,
  written,
} from './pair.ts'

// A real split brain: both networks are cut, both nodes serve and write, the networks are back. The tests build on each
// other.

let survivor = ''
let victim = ''
const ID = { node1: 1, node2: 2 } as Record<string, number>

beforeAll(async () => {
  await converged('two-node')
  const active = await activeNode()
  await lab.fault('cut', other(active))
  await untilServing(other(active))
  expect(await inGuest(active, `${HOLDS_VIP} && echo holds`), 'both are active').toBe('holds')
  for (const node of NODES) await write(node, ID[node] ?? 0)
  await lab.fault('heal', other(active))
  for (const node of NODES) await until(node, 'grep -q cs:StandAlone /proc/drbd')
  // Heartbeat finds its peer again and restarts on both; one of them has the service then.
  await Promise.race(NODES.map((node) => until(node, `{ sleep 20; ! ${HOLDS_VIP}; }`)))
  await Promise.race(NODES.map(untilServing))
  for (const node of NODES) await until(node, '[ "$(sudo systemctl is-active heartbeat)" = active ]')
  survivor = await activeNode()
  victim = other(survivor)
  await until(victim, "! grep -q ' /mnt/shared ' /proc/mounts")
})

describe('a split brain', () => {
  it('is critical to whoever watches the cluster', async () => {
    const { code, stdout } = await zx('playbooks/status.mjs', '--lab')
    expect(stdout).toMatch(/^CLUSTER CRITICAL - /)
    expect(stdout).toContain('StandAlone: it refuses its peer, as after a split brain')
    expect(stdout).toContain('  lost by it  what one of the two has written')
    expect(code).toBe(2)
  })

  it('is nobody to be joined by rejoin', async () => {
    expectRefused(
      await play('rejoin', '-e', `node=${victim}`),
      /both copies have changes of their own.*split brain/,
    )
  })

  it('does not cost the node that serves its changes, unless that is said', async () => {
    const before = [await written(survivor), await checksum(victim)]
    const run = await play('resolve-split-brain', '-e', `victim=${survivor}`)
    expectRefused(run, new RegExp(`${survivor}: it holds 192.168.56.10`))
    // The disk of the one that serves is never quiet; its rows and files are.
    expect([await written(survivor), await checksum(victim)]).toEqual(before)
    expect(before[0]).toEqual({ rows: String(ID[survivor]), files: String(ID[survivor]) })
    await expectToServe(survivor)
  })

  it('is not resolved where there is no room for the image of the copy', async () => {
    const before = await checksum(victim)
    const run = await play('resolve-split-brain', '-e', `victim=${victim}`, '-e', 'keep=/run/kept')
    expectRefused(run, new RegExp(`${victim}: /run/kept has [0-9]+ KiB free`))
    expect(await checksum(victim)).toBe(before)
  })

  it('is shown before: what the victim has written since', async () => {
    const run = await play('resolve-split-brain', '-e', `victim=${victim}`, '--check')
    expect(run.code).toBe(0)
    const told = linesOf(run, 'foreword')
    expect(told).toMatch(new RegExp(`^${victim} loses what it has written since 20\\d\\d-`))
    expect(told).toMatch(/[1-9]\d* KiB of its disk differ/)
    expect(told).toContain(`/mnt/shared/late-${ID[victim]}.txt`)
    expect(told).not.toContain(`late-${ID[survivor]}.txt`)
  })

  it('ends with the data of the survivor on both nodes, and the service never moves', async () => {
    const run = await play('resolve-split-brain', '-e', `victim=${victim}`)
    expect(errorsOf(run)).toBe('')
    expect(run.code).toBe(0)
    await expectToServe(survivor)
    await expectToStandBy(victim)
    const own = String(ID[survivor])
    expect(await written(survivor)).toEqual({ rows: own, files: own })
    expect(linesOf(run, 'conclusion')).toMatch(
      new RegExp(
        `kept on ${victim} at 20\\S+ \\S+: /var/backups/split-brain/r0-[0-9A-F]{16}-[0-9a-f]{8}-\\d+-\\d+.img`,
      ),
    )
  })

  it('leaves an image of what the victim had, which can be looked into', async () => {
    const look =
      'mount -t ext4 -o ro,loop,norecovery /var/backups/split-brain/r0-*.img /mnt && cat /mnt/late-*.txt; umount /mnt'
    expect(await inGuest(victim, `sudo sh -c '${look}'`)).toBe(String(ID[victim]))
  })

  it('is not resolved twice', async () => {
    expectNoChange(await play('resolve-split-brain', '-e', `victim=${victim}`))
  })

  it('has left the data of the survivor on the disk of the victim, too', async () => {
    const run = await play('switchover', '-e', `to=${victim}`)
    expect(errorsOf(run)).toBe('')
    expect(run.code).toBe(0)
    await expectToServe(victim)
    const own = String(ID[survivor])
    expect(await written(victim)).toEqual({ rows: own, files: own })
  })
})
