import { beforeEach, expect, it } from 'vitest'
import type { Blow } from '../../../../lab/drills/drill.ts'
import type { Ground } from '../../../../lab/drills/run/ground.ts'
import { remember } from '../../../../lab/drills/run/remember.ts'
import { cluster } from './fixture.ts'

// What becomes of the faults when somebody ends the program in the middle of a drill.

const told: string[] = []
beforeEach(() => {
  told.length = 0
})

const plain = {
  inject: async ({ fault }: Blow, _: unknown, node: string) => {
    await new Promise((resolve) => setTimeout(resolve, 50))
    told.push(`${fault} ${node}`)
  },
  heal: async ({ fault }: Blow, _: unknown, node: string) => {
    told.push(`end of ${fault} ${node}`)
    if (fault === 'disk-error') throw new Error('no disk')
  },
} as unknown as Ground

const [delay, disk, full]: Blow[] = [
  { fault: 'delay-and-loss', on: 'active' },
  { fault: 'disk-error', on: 'active' },
  { fault: 'full-disk', on: 'active' },
]

it('each that is there ends, also one that is on its way, and nothing else begins', async () => {
  const { ground, endAll } = remember(plain)
  await ground.inject(delay as Blow, cluster, 'node1')
  await ground.heal(delay as Blow, cluster, 'node1')
  await ground.inject(delay as Blow, cluster, 'node2')
  await ground.inject(disk as Blow, cluster, 'node1')
  told.length = 0
  const onItsWay = ground.inject(full as Blow, cluster, 'node1')
  await expect(endAll()).rejects.toThrow('no disk')
  await onItsWay
  expect(told[0]).toBe('full-disk node1')
  expect(told.slice(1).toSorted()).toEqual([
    'end of delay-and-loss node2',
    'end of disk-error node1',
    'end of full-disk node1',
    'end of full-disk node2',
  ])
  await expect(ground.inject(delay as Blow, cluster, 'node1')).rejects.toThrow('interrupted')
  await expect(ground.play('rejoin', {})).rejects.toThrow('interrupted')
})

it('what is on the shared storage has ended when one node says so', async () => {
  const mounted = 'node2'
  const heal = async ({ fault }: Blow, _: unknown, node: string) => {
    told.push(`end of ${fault} ${node}`)
    if (node !== mounted) throw new Error(`not mounted on ${node}`)
  }
  const { ground, endLeft } = remember({ ...plain, heal } as unknown as Ground)
  await ground.inject(full as Blow, cluster, 'node1')
  await expect(ground.heal(full as Blow, cluster, 'node1')).rejects.toThrow('not mounted')
  told.length = 0
  await endLeft()
  expect(told.toSorted()).toEqual(['end of full-disk node1', 'end of full-disk node2'])
  told.length = 0
  await endLeft()
  expect(told).toEqual([])
})

it('one that could not be ended is tried again before the next drill, which does not begin while it is there', async () => {
  const { ground, endLeft } = remember(plain)
  await ground.inject(disk as Blow, cluster, 'node1')
  await expect(ground.heal(disk as Blow, cluster, 'node1')).rejects.toThrow('no disk')
  await expect(endLeft()).rejects.toThrow('no disk')
  await expect(endLeft()).rejects.toThrow('no disk')
  await ground.inject(delay as Blow, cluster, 'node2')
  expect(told.at(-1)).toBe('delay-and-loss node2')
})

it('one that failed may have done a part of it, and ends, too', async () => {
  const broken = { ...plain, inject: () => Promise.reject(new Error('lost')) } as unknown as Ground
  const { ground, endAll } = remember(broken)
  await expect(ground.inject(delay as Blow, cluster, 'node1')).rejects.toThrow('lost')
  await endAll()
  expect(told).toEqual(['end of delay-and-loss node1'])
})
