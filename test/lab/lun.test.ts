import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as lab from '../../lab/index.ts'
import { inGuest } from './laboratory.ts'
import { log, nameOf } from './labs.ts'

// What the lab itself promises of two-node-lun; what playbooks make of it is shown elsewhere.
const DISK = '/dev/disk/by-id/virtio-shared'
const SWITCH = 'switch=10.0.2.100:623'

beforeAll(async () => {
  process.env.LAB_TOPOLOGY = 'two-node-lun'
  process.env.LAB_NAME = nameOf('two-node-lun')
  await lab.up({ log })
  await lab.restore('fresh', { log })
})
afterAll(() => lab.down({ log }))

// Past the caches of both guests, as the cluster's own programs may not rely on them.
const write = (node: string, text: string) =>
  inGuest(node, `echo ${text} | sudo dd of=${DISK} bs=512 conv=sync oflag=direct status=none`)
const read = (node: string) =>
  inGuest(node, `sudo dd if=${DISK} bs=512 count=1 iflag=direct status=none | tr -d '\\0'`)

const stonith = (node: string, action: string, victim: string) =>
  lab.ssh(node, `sudo stonith -t external/lab ${SWITCH} -T ${action} ${victim}`)
const bootOf = (node: string) => inGuest(node, 'cat /proc/sys/kernel/random/boot_id')
const powers = async () =>
  (await lab.status()).flatMap(({ node, power }) => (node === 'witness' ? [] : [`${node} ${power}`]))

describe('a LUN', () => {
  it('is one disk under one path for both nodes', async () => {
    await write('node1', 'first')
    expect(await read('node2')).toBe('first')
    await write('node2', 'second')
    expect(await read('node1')).toBe('second')
  })

  it('goes back with its nodes to a snapshot', async () => {
    await lab.snapshot('second', { log })
    await write('node1', 'third')
    await lab.fault('power-off', 'node2')
    await lab.restore('second', { log })
    expect([await read('node1'), await read('node2')]).toEqual(['second', 'second'])
  })

  it('lets no time pass in its nodes between a snapshot and what follows it', async () => {
    const uptime = async () => Number((await inGuest('node1', 'cut -d" " -f1 /proc/uptime')).trim())
    await inGuest('node1', 'sleep 60')
    const before = await uptime()
    await lab.restore('second', { log })
    expect(await uptime()).toBeLessThan(before)
  })
})

describe('the power switch', () => {
  it('starts another boot of the peer, and of nobody else', async () => {
    const before = [await bootOf('node1'), await bootOf('node2')]
    expect(await stonith('node1', 'reset', 'node2')).toMatchObject({ code: 0 })
    await lab.ready('node2', { log })
    expect(await bootOf('node1')).toBe(before[0])
    expect(await bootOf('node2')).not.toBe(before[1])
  })

  it('refuses a node that is none of the lab', async () => {
    const { code, stderr } = await stonith('node1', 'off', 'node3')
    expect(code).not.toBe(0)
    expect(stderr).toContain("said to 'off node3': error")
    expect(await powers()).toEqual(['node1 running', 'node2 running'])
  })

  it('turns a node off, which a reset and a look at the lab as it is leave off', async () => {
    expect(await stonith('node1', 'off', 'node2')).toMatchObject({ code: 0 })
    expect(await powers()).toEqual(['node1 running', 'node2 off'])
    await lab.asItIs.up({ log })
    expect(await stonith('node1', 'reset', 'node2')).toMatchObject({ code: 0 })
    expect(await powers()).toEqual(['node1 running', 'node2 off'])
    expect(await stonith('node1', 'on', 'node2')).toMatchObject({ code: 0 })
    await lab.ready('node2', { log })
  })
})
