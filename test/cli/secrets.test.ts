import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Field, PLANTED, plant, spellings } from './planted.ts'

let parent: string
let field: Field
beforeAll(() => {
  parent = mkdtempSync('test/cli/secrets-')
  field = plant(parent)
})
afterAll(() => rmSync(parent, { recursive: true, force: true }))

const out = (name: string) => join(field.folder, 'out', name)

/** Every way in which a run can say something: a new flag that prints or writes belongs here. */
it.each([
  ['the list of tasks', 0, 'calm', () => ['--list-tasks']],
  ['the list of tags', 0, 'calm', () => ['--list-tags']],
  ['a check with diffs', 0, 'calm', () => ['--check', '--diff', '-v']],
  ['a plan', 0, 'calm', () => ['--check', '--plan', out('plan.json')]],
  ['JSON of a check with diffs', 0, 'calm', () => ['--check', '--diff', '--json']],
  ['a runbook, which is not written', 1, 'calm', () => ['--runbook', out('r.md')]],
  ['an error of the schema', 1, 'invalid', () => []],
  ['an error of the playbook, told before any contact', 1, 'throw', () => []],
  ['a refusal', 3, 'refuse', () => []],
  ['a failure with reports', 2, 'fail', () => ['--diff', '--report', out('r.html'), '--junit', out('r.xml')]],
  ['a failure as JSON', 2, 'fail', () => ['--diff', '--json']],
  ['a run with all that it concludes', 0, 'calm', () => ['--diff', '-v']],
])('no secret stands in %s', (_name, status, mode, args) => {
  const ran = field.run(mode, ...args())
  expect([ran.status, ran.said]).toEqual([status, expect.any(String)])
  const shown = `${ran.said}\n${field.written()}`
  expect(shown).toContain('[secret from_')
  for (const [name, value] of Object.entries(PLANTED))
    for (const spelling of spellings(value))
      expect([name, spelling, shown.includes(spelling)]).toEqual([name, spelling, false])
})

it('and the target has them all', () => {
  const right = readFileSync(join(field.folder, 'target/right'), 'utf8')
  expect(right).toBe(`${PLANTED.from_file}\n${PLANTED.from_command}\n`)
  const wrong = readFileSync(join(field.folder, 'target/wrong'), 'utf8')
  expect(wrong).toBe(Object.values(PLANTED).join(' | '))
})
