import { describe, expect, test } from 'vitest'
import { batchesOf, type Serial, serialProblems } from '../../../lib/plan/batches.ts'

const hosts = (count: number) => Array.from({ length: count }, (_, index) => index)

test.each<[Serial | undefined, number, number[]]>([
  [undefined, 3, [3]],
  [0, 3, [3]],
  [2, 5, [2, 2, 1]],
  ['2', 5, [2, 2, 1]],
  [9, 3, [3]],
  ['30%', 10, [3, 3, 3, 1]],
  ['10%', 3, [1, 1, 1]],
  ['100%', 3, [3]],
  [[1, 5, 10], 20, [1, 5, 10, 4]],
  [[1, '50%'], 6, [1, 3, 2]],
  [[1, 0], 6, [1, 5]],
  [2, 0, []],
])('serial %j cuts %i hosts into %j', (serial, count, sizes) => {
  const batches = batchesOf(hosts(count), serial)
  expect(batches.map(({ length }) => length)).toEqual(sizes)
  expect(batches.flat()).toEqual(hosts(count))
})

describe('a serial that is none', () => {
  test.each<[Serial, string]>([
    ['half', 'serial half is neither'],
    ['120%', 'serial 120% is neither'],
    [-1, 'serial -1 is neither'],
    [1.5, 'serial 1.5 is neither'],
    [[], 'empty list'],
  ])('%j', (serial, message) => {
    expect(serialProblems(serial).join()).toContain(message)
  })

  test('is told from one that is', () => expect(serialProblems([1, '2', '30%'])).toEqual([]))
})
