/** One writer's notes, in their order. Times are in milliseconds on the writer's own clock. */
export type Notes = {
  /** Noted before the write began. */
  readonly attempted: readonly Note[]
  /** Noted after the COMMIT, or the fsync, had returned. */
  readonly acked: readonly Note[]
}

/** An acknowledgement may tell which node gave it. */
export type Note = { readonly id: number; readonly at: number; readonly node?: string | undefined }

/** What the writer's notes and the data say of each other. */
export type Account = {
  readonly attempted: number
  readonly acked: number
  readonly found: number
  /** Acknowledged and not there: broken promises. */
  readonly lost: readonly number[]
  /** There, and nobody wrote it. */
  readonly phantom: readonly number[]
  /** There more than once, in a file: a table would refuse it. */
  readonly twice: readonly number[]
  /** Whether the lost ones are one run of what was acknowledged, as what a replica had not received is. */
  readonly tail: boolean
}

// What survives in the middle of what is lost was not the end of a stream.
const isRun = (acked: readonly Note[], lost: ReadonlySet<number>): boolean => {
  const from = acked.findIndex(({ id }) => lost.has(id))
  return acked.slice(from, from + lost.size).every(({ id }) => lost.has(id))
}

/**
 * Compares what was acknowledged and attempted with what is there: acked ⊆ found ⊆ attempted, else the ids of both
 * differences. Pure.
 */
export const judgeLedger = ({ attempted, acked }: Notes, found: readonly number[]): Account => {
  const there = new Set(found)
  const tried = new Set(attempted.map(({ id }) => id))
  const lost = acked.map(({ id }) => id).filter((id) => !there.has(id))
  return {
    attempted: attempted.length,
    acked: acked.length,
    found: there.size,
    lost,
    phantom: [...there].filter((id) => !tried.has(id)),
    twice: found.filter((id, index) => found.indexOf(id) !== index),
    tail: lost.length === 0 || isRun(acked, new Set(lost)),
  }
}

/** A time without an acknowledgement, in milliseconds. */
type Gap = { readonly from: number; readonly to: number }

/**
 * The longest time without an acknowledgement that touches [from, to]; `to` ends one that had not ended. Nothing
 * where nothing was acknowledged before: then nobody knows. Pure.
 */
export const longestGap = (acked: readonly Note[], from: number, to: number): Gap | undefined => {
  const times = acked.map(({ at }) => at).filter((at) => at <= to)
  if (!times.some((at) => at <= from)) return undefined
  const ends = [...times.slice(1), to]
  return times
    .map((at, index) => ({ from: at, to: ends[index] as number }))
    .filter((gap) => gap.to >= from)
    .reduce((longest, gap) => (gap.to - gap.from > longest.to - longest.from ? gap : longest), {
      from,
      to: from,
    })
}

/** Ids for people: `5, 7-12`. Pure. */
export const listIds = (ids: readonly number[]): string => {
  const ranges: [number, number][] = []
  for (const id of [...ids].sort((left, right) => left - right)) {
    const last = ranges.at(-1)
    if (last && id <= last[1] + 1) last[1] = id
    else ranges.push([id, id])
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ')
}
