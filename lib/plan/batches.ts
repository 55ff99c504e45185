/** How many hosts at once: a number, a percentage such as `25%`, or a list of both whose last entry is repeated. */
export type Serial = number | string | readonly (number | string)[]

/**
 * Cuts hosts into batches as Ansible's `serial` does: a percentage counts from all of them, is rounded down, and
 * is at least one host; 0 means all that are left.
 */
export function batchesOf<Item>(items: readonly Item[], serial: Serial = 0): Item[][] {
  const sizes = [serial].flat().map((size) => toCount(size, items.length))
  const batches: Item[][] = []
  let start = 0
  while (start < items.length) {
    const size = sizes[Math.min(batches.length, sizes.length - 1)] || items.length
    batches.push(items.slice(start, start + size))
    start += size
  }
  return batches
}

/** What is wrong with a `serial`, one sentence each. */
export function serialProblems(serial: Serial = 0): string[] {
  const entries = [serial].flat()
  const wrong = entries.filter((size) => !/^(\d+|(100|[1-9]?\d)%)$/.test(String(size)))
  if (entries.length === 0) return ['serial is an empty list: give at least one number or percentage']
  return wrong.map((size) => `serial ${size} is neither a number of hosts nor a percentage such as 25%`)
}

function toCount(size: number | string, total: number): number {
  const text = String(size)
  if (!text.endsWith('%')) return Number(text)
  return Math.max(1, Math.floor((Number(text.slice(0, -1)) / 100) * total))
}
