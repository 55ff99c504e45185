import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { asset } from '../../../lab/project.ts'

const files = readdirSync(asset(''), { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.ts'),
)

// An import of types alone is gone after compilation, and cannot make a cycle.
const importsOf = (file: string): string[] =>
  [
    ...readFileSync(asset(file), 'utf8').matchAll(/^(?:import|export) (?!type )[^'"]*?from '(\.[^']+)'/gm),
  ].map((match) => join(dirname(file), match[1] as string))

const reachable = (file: string, seen: Set<string> = new Set()): Set<string> => {
  for (const next of importsOf(file))
    if (!seen.has(next)) {
      seen.add(next)
      reachable(next, seen)
    }
  return seen
}

test.each(files)('%s does not import itself by way of others', (file) => {
  expect([...reachable(file)]).not.toContain(file)
})

test('the lab does not know the engine', () => {
  expect(files.flatMap(importsOf).filter((path) => path.startsWith('..'))).toEqual([])
})
