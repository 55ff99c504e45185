import { describe, expect, it } from 'vitest'
import { judgeLedger, listIds, longestGap } from '../../../../lab/drills/ledger/judge.ts'

const notes = (attempted: number[], acked: number[]) => ({
  attempted: attempted.map((id) => ({ id, at: id * 100 })),
  acked: acked.map((id) => ({ id, at: id * 100 + 50 })),
})

describe('acked ⊆ found ⊆ attempted', () => {
  it.each([
    ['all is there', [1, 2, 3], [1, 2, 3], [1, 2, 3], [], [], true],
    ['an attempt that was not acknowledged may be there', [1, 2, 3], [1, 2], [1, 2, 3], [], [], true],
    ['… or not', [1, 2, 3], [1, 2], [1, 2], [], [], true],
    ['the end of a stream is missing', [1, 2, 3, 4], [1, 2, 3, 4], [1, 2], [3, 4], [], true],
    ['a run before what was written later', [1, 2, 3, 4, 5], [1, 2, 3, 4, 5], [1, 2, 5], [3, 4], [], true],
    ['holes are no tail', [1, 2, 3, 4], [1, 2, 3, 4], [1, 3], [2, 4], [], false],
    ['what nobody wrote', [1, 2], [1], [1, 2, 9], [], [9], true],
    ['nothing is there', [1, 2], [1, 2], [], [1, 2], [], true],
  ])('%s', (_, attempted, acked, found, lost, phantom, tail) => {
    expect(judgeLedger(notes(attempted, acked), found)).toMatchObject({ lost, phantom, tail, twice: [] })
  })

  it('tells what is in a file twice', () => {
    expect(judgeLedger(notes([1, 2], [1, 2]), [1, 2, 2])).toMatchObject({ twice: [2], lost: [], found: 2 })
  })
})

describe('the longest time without an acknowledgement', () => {
  const acked = [0, 100, 200, 5200, 5300].map((at, id) => ({ id, at }))
  it.each([
    ['is the outage', 150, 6000, { from: 200, to: 5200 }],
    ['lasts until the end where nothing came any more', 5250, 9000, { from: 5300, to: 9000 }],
    ['does not count what was over before the fault', 5250, 5400, { from: 5200, to: 5300 }],
    ['is unknown where nothing was acknowledged before', -1, 9000, undefined],
  ])('%s', (_, from, to, gap) => {
    expect(longestGap(acked, from, to)).toEqual(gap)
  })
})

it('lists ids as ranges', () => {
  expect(listIds([12, 5, 7, 8, 9, 11])).toBe('5, 7-9, 11-12')
  expect(listIds([])).toBe('')
})
