/** A time in milliseconds of the controller's clock. */
export type Span = { readonly from: number; readonly to: number }

/** Anything that was observed at some moment between two times. */
export type Observed = { readonly node: string; readonly sent: number; readonly received: number }

/** Milliseconds between two answers of a node after which nobody knows what it did meanwhile. */
export const darkAfter = 10_000

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

// Milliseconds between the last answer of a node that starts anew and its kernel: services that end, and the firmware.
const betweenBoots = 90_000

/** When a node started anew: from its last answer, if that is not too long ago, to the first one of another boot. Pure. */
export const restartsOf = (
  samples: readonly (Observed & { readonly boot: string; readonly up: number })[],
  node: string,
): Span[] => {
  const own = samples.filter((sample) => sample.node === node)
  return own.flatMap(({ boot, received, up }, index) =>
    boot === (own[index - 1]?.boot ?? boot)
      ? []
      : [{ from: received - up * 1000 - betweenBoots, to: received }],
  )
}

/**
 * When nobody knows what a node did: its answers are further apart than `limit` milliseconds, without the times that are
 * explained, because the drill had it off or frozen, or because it started anew. Pure.
 */
export const darkness = (
  samples: readonly Observed[],
  node: string,
  explained: readonly Span[],
  { from, to }: Span,
  limit = darkAfter,
): Span[] => {
  // To the answer, and not to the question: at which moment between them it was true is not known.
  const times = samples.filter((sample) => sample.node === node).map(({ received }) => received)
  const points = [from, ...times, to]
  return points
    .slice(1)
    .flatMap((next, index) => without({ from: points[index] as number, to: next }, explained))
    .filter((rest) => rest.to - rest.from > limit)
}
