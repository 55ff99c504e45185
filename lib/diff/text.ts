import { createTwoFilesPatch } from 'diff'

/** A unified diff of a text on a host, with three lines of context. */
export function textDiff(name: string, current: string, desired: string): string {
  return createTwoFilesPatch(`${name} (now)`, `${name} (wanted)`, current, desired, undefined, undefined, {
    context: 3,
  })
    .split('\n')
    .filter((line) => !/^=+$/.test(line))
    .join('\n')
    .trimEnd()
}
