import type { Heading } from './html.ts'
import type { Result } from './result.ts'

// Patterns have no form in JSON, and infinity becomes null there: both are of no use to programs.
const plain = (_: string, value: unknown): unknown => (value instanceof RegExp ? value.source : value)

/** All that the page shows, and every sample, for programs. Times are milliseconds since 1970. */
export const toJson = (heading: Heading, results: readonly Result[]): string => {
  const passed = results.length === heading.planned && results.every((result) => result.passed)
  return `${JSON.stringify({ ...heading, passed, results }, plain)}\n`
}
