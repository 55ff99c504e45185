import type { Row } from './scene.ts'

// mulberry32: 32 bits of state, the same on every machine and in every version of Node.
const generator = (seed: number) => {
  let state = seed >>> 0
  return (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A walk has faults, and has to show that nothing is lost: a split loses what its victim wrote, by definition. */
const walkable = ({ drill }: Row): boolean => drill.faults.length > 0 && drill.expect.lost !== 'victim'

/**
 * `count` drills in an order that the seed decides, the same for the same seed and rows: never one twice in a row.
 * Pure. Throws RangeError if fewer than two drills can be chosen from.
 */
export const walk = (rows: readonly Row[], count: number, seed: number): Row[] => {
  const candidates = rows.filter(walkable)
  if (candidates.length < 2) throw new RangeError('a walk needs two drills at least')
  const random = generator(seed)
  const steps: Row[] = []
  while (steps.length < count) {
    const others = candidates.filter((row) => row !== steps.at(-1))
    steps.push(others[Math.floor(random() * others.length)] as Row)
  }
  return steps
}
