import { beforeEach, expect, it, vi } from 'vitest'
import type { Blow, Drill } from '../../../../lab/drills/drill.ts'
import type { Course } from '../../../../lab/drills/run/course.ts'
import { heal } from '../../../../lab/drills/run/heal.ts'
import { cluster, drill } from './fixture.ts'

// In which order faults end, and for how long one node has the time to serve alone.

const told: string[] = []
vi.mock('node:timers/promises', () => ({
  setTimeout: async (time: number) => void (time > 1000 && told.push(`waits ${time / 1000} s`)),
}))
beforeEach(() => {
  told.length = 0
})

const course = (change: Partial<Drill>, end: (blow: Blow, node: string) => void = () => {}): Course =>
  ({
    row: { name: 'one', drill: { ...drill('power-cut'), ...change }, cluster },
    watch: {
      samples: cluster.nodes.map((node) => ({
        ...{ node, sent: Number.POSITIVE_INFINITY, received: Date.now(), mounted: node === 'node2' },
      })),
    },
    ...{ active: 'node1', standby: 'node2', away: {}, tell: () => {} },
    ground: {
      heal: async (blow: Blow, _: unknown, node: string) => {
        told.push(`${blow.fault} ${node}`)
        end(blow, node)
      },
    },
  }) as unknown as Course

it('tries every end, and tells of the first that failed', async () => {
  const fail = (blow: Blow) => {
    if (blow.fault !== 'power-cut') throw new Error(`no end of ${blow.fault}`)
  }
  const faults: Blow[] = ['power-cut', 'cable', 'freeze'].map((fault) => ({ fault, on: 'active' }) as Blow)
  await expect(heal(course({ faults }, fail))).rejects.toThrow('no end of freeze')
  expect(told).toEqual(['freeze node1', 'cable node1', 'power-cut node1'])
})

it.each([
  ['both-off-active-first', ['power-cut node1', 'waits 165 s', 'power-cut node2']],
  ['both-off-standby-first', ['power-cut node2', 'waits 165 s', 'power-cut node1']],
  ['power-cut', ['power-cut node1']],
  ['full-disk', ['full-disk node2']],
])('%s', async (name, order) => {
  await heal(course(drill(name)))
  expect(told).toEqual(order)
})
