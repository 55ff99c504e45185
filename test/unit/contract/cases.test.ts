import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { allCases } from '../../contract/cases/index.ts'
import { NOT_RUN } from '../../contract/not-run.ts'

const RESOURCES = new URL('../../../lib/resources/', import.meta.url)

/** Every kind that some file of lib/resources defines. */
const kinds = readdirSync(RESOURCES, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .flatMap((name) => [
    ...readFileSync(new URL(name, RESOURCES), 'utf8').matchAll(/^ {2}kind: '([\w-]+)',$/gm),
  ])
  .map(([, kind]) => kind as string)

const cases = await allCases()

describe('the cases of the contract', () => {
  it('cover every resource, or say why they cannot', () => {
    expect([...cases.keys(), ...Object.keys(NOT_RUN)].sort()).toEqual([...new Set(kinds)].sort())
  })

  it.each([...cases])('of %s are wishes of that kind', (kind, { cases: its, refusals = [] }) => {
    const tasks = [...its, ...refusals].map(({ task }) => task())
    expect([...new Set(tasks.map((task) => task.kind))]).toEqual([kind])
    expect(tasks.flatMap(({ problems }) => problems)).toEqual([])
  })

  it.each([...cases])('of %s spoil fields that are asked for', (_, { cases: its }) => {
    for (const { task, drift } of its)
      expect(Object.keys(task().expect)).toEqual(expect.arrayContaining(drift.map(({ field }) => field)))
  })
})
