import { beforeAll, describe, expect, it } from 'vitest'
import * as lab from '../../lab/index.ts'
import { converged, inGuest, type PlaybookRun, play } from './laboratory.ts'

// A pair that shares one disk. Fencing, which it needs, has a test of its own.

const NODES = ['node1', 'node2'] as const
const DISK = '/dev/disk/by-id/virtio-shared'

beforeAll(() => converged('two-node-lun', 'two-node'))

describe('two-node with a LUN', () => {
  it('finds nothing to change a second time, in three round trips a host', async () => {
    expectNoChange(await play('two-node'))
    expectNoChange(await play('two-node', '--check'))
  })

  it('has mounted the disk on the node that serves, and there alone', async () => {
    const held = await Promise.all(
      NODES.map((node) => inGuest(node, 'grep -c " /mnt/shared " /proc/mounts || :')),
    )
    expect(held.toSorted()).toEqual(['0', '1'])
    const active = NODES[held.indexOf('1')] ?? ''
    expect(await inGuest(active, 'pgrep -x mariadbd >/dev/null && ip -4 address show eth1')).toContain(
      '192.168.56.10/',
    )
  })

  it('has a file system that refuses a second mount', async () => {
    const standby = await standbyNode()
    const { code, stderr } = await lab.ssh(standby, `sudo mount -t ext4 ${DISK} /mnt`)
    expect(code).not.toBe(0)
    expect(stderr).toMatch(/multiple mount|mmp|already mounted|busy/i)
    expect(await inGuest(standby, 'sudo dmesg')).toMatch(/MMP|multiply mounted/i)
    expect(await inGuest(standby, 'grep -c " /mnt " /proc/mounts || :')).toBe('0')
  })

  it('shows the parameters of the fencing device to root alone', async () => {
    for (const node of NODES)
      expect(await inGuest(node, "sudo stat -c '%a %U' /etc/ha.d/stonith.conf")).toBe('600 root')
  })

  it('mends the one line that is wrong on one node, and nothing else', async () => {
    await inGuest('node2', 'sudo sed -i s/^warntime.*/warntime\\ 7/ /etc/ha.d/ha.cf')
    const run = await play('two-node')
    expect(run.code).toBe(0)
    expect(run.tasks('changed')).toEqual(['node2 /etc/ha.d/ha.cf'])
    expectNoChange(await play('two-node', '--check'))
  })
})

async function standbyNode(): Promise<string> {
  const held = await Promise.all(
    NODES.map((node) => inGuest(node, 'grep -c " /mnt/shared " /proc/mounts || :')),
  )
  return NODES[held.indexOf('0')] ?? ''
}

function expectNoChange(run: PlaybookRun): void {
  expect(run.code).toBe(0)
  for (const node of NODES) {
    expect(run.recap.hosts[node]).toMatchObject({ changed: 0, 'would-change': 0, failed: 0, unknown: 0 })
    expect(run.recap.hosts[node]?.trips).toBeLessThanOrEqual(3)
  }
}
