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

// The report of a drill is of one family with that of a run.
const DRESS = ['../lib/report/picture.ts', '../lib/report/style.ts']

test('the lab knows nothing of the engine but how its reports look', () => {
  const engine = files.flatMap(importsOf).filter((path) => path.startsWith('..'))
  expect(engine.filter((path) => !DRESS.includes(path))).toEqual([])
})
