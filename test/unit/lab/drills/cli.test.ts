import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { notRun, type Result, resultOf } from '../../../../lab/drills/report/result.ts'
import { wellDone } from './fixture.ts'

// What a person gets of `npm run drills`: a table, and an exit code.

const results: Result[] = []
vi.mock('../../../../lab/drills/run/run.ts', () => ({
  labArena: async () => ({ ground: { emulated: true } }),
  runDrills: async () => results,
}))

const { argv, exitCode } = process
let printed = ''
beforeEach(() => {
  printed = ''
  vi.resetModules()
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text
    return true
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  process.argv = argv
  process.exitCode = exitCode
})

it.each([
  ['are all passed', resultOf(wellDone), undefined, /^power-cut +yes /m],
  ['are not all run', notRun('reset', 'nothing', 'no node'), 1, /^reset +NOT RUN /m],
])('drills that %s', async (_, second, code, line) => {
  results.splice(0, 2, resultOf(wellDone), second)
  process.argv = ['node', 'drills', '--topology', 'two-node', '--drill', 'power-cut', 'reset']
  process.exitCode = undefined
  await import('../../../../lab/drills/cli.ts')
  expect(process.exitCode).toBe(code)
  expect(printed).toMatch(line)
})
