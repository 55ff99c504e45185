/** A time in milliseconds of the controller's clock. */
export type Span = { readonly from: number; readonly to: number }

/** Anything that was observed at some moment between two times. */
export type Observed = { readonly node: string; readonly sent: number; readonly received: number }

/** Milliseconds between two answers of a node after which nobody knows what it did meanwhile. */
export const darkAfter = 30_000

/**
 * The observations in which something held, those together between which nothing else was observed, nor a boot, and of which
 * none is long after the one before. Pure.
 *
 * @param samples of one node, in their order
 */
export const runsOf = <One extends Observed & { readonly boot?: string }>(
  samples: readonly One[],
  holds: (sample: One) => boolean,
): [One, ...One[]][] => {
  const runs: [One, ...One[]][] = []
  let before: One | undefined
  for (const sample of samples) {
    const goesOn =
      before && before.boot === sample.boot && holds(before) && sample.sent - before.received <= darkAfter
    if (holds(sample) && goesOn) runs.at(-1)?.push(sample)
    else if (holds(sample)) runs.push([sample])
    before = sample
  }
  return runs
}

/**
 * When something certainly held on a node: from the end of the first observation of a run to the beginning of its last
 * one. One observation alone is a moment, and no span. Pure.
 *
 * @param samples of one node, in their order
 */
export const certainSpans = <One extends Observed & { readonly boot?: string }>(
  samples: readonly One[],
  holds: (sample: One) => boolean,
): Span[] =>
  runsOf(samples, holds)
    .map((run) => ({ from: run[0].received, to: (run.at(-1) ?? run[0]).sent }))
    .filter(({ from, to }) => to > from)

/** The times that two lists have in common. Pure. */
export const overlaps = (left: readonly Span[], right: readonly Span[]): Span[] =>
  left.flatMap((one) =>
    right
      .map((other) => ({ from: Math.max(one.from, other.from), to: Math.min(one.to, other.to) }))
      .filter(({ from, to }) => to > from),
  )

/** What is left of a time without some others. Pure. */
const without = (whole: Span, others: readonly Span[]): Span[] =>
  others.reduce<Span[]>(
    (left, other) =>
      left
        .flatMap(({ from, to }) => [
          { from, to: Math.min(to, other.from) },
          { from: Math.max(from, other.to), to },
        ])
        .filter(({ from, to }) => to > from),
    [whole],
  )

/** Each node's own samples. Pure. */
export const byNode = <One extends Observed>(samples: readonly One[], nodes: readonly string[]): One[][] =>
  nodes.map((node) => samples.filter((sample) => sample.node === node))

/** When something certainly held on two nodes at once. Pure. */
export const atOnce = <One extends Observed & { readonly boot?: string }>(
  samples: readonly One[],
  nodes: readonly string[],
  holds: (sample: One) => boolean,
): Span[] => {
  const spans = byNode(samples, nodes).map((own) => certainSpans(own, holds))
  return spans.flatMap((own, index) => spans.slice(index + 1).flatMap((other) => overlaps(own, other)))
}

/**
 * When nobody knows what a node did: its answers are further apart than `darkAfter`, and nothing explains it. What
 * explains it: the drill had it off or frozen for that part of it (`away`), or it started anew. Pure.
 */
export const darkness = <One extends Observed & { readonly boot: string }>(
  samples: readonly One[],
  node: string,
  away: readonly Span[],
  { from, to }: Span,
): Span[] => {
  const own = samples.filter((sample) => sample.node === node)
  const points = [
    { received: from, boot: own[0]?.boot ?? '' },
    ...own,
    { received: to, boot: own.at(-1)?.boot ?? '' },
  ]
  return points.slice(1).flatMap((next, index) => {
    const before = points[index] as (typeof points)[number]
    // To the answer, and not to the question: at which moment between them it was true is not known.
    const gap = { from: before.received, to: next.received }
    if (before.boot !== next.boot) return []
    return without(gap, away).filter((rest) => rest.to - rest.from > darkAfter)
  })
}
