import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { describeProblem, type Problem } from '../../../lib/errors.ts'
import { z } from '../../../lib/index.ts'
import { checkVariables, readExtraVars } from '../../../lib/inventory/index.ts'

function read(...options: string[]): { values: Record<string, unknown>; problems: string[] } {
  const problems: Problem[] = []
  const variables = readExtraVars(options, problems)
  const values = Object.fromEntries([...variables].map(([name, { value }]) => [name, value]))
  return { values, problems: problems.map(describeProblem) }
}

describe('extra variables', () => {
  it.each([
    [['a=1 b=two'], { a: '1', b: 'two' }],
    [[`a="two words" b='x "y"' c=`], { a: 'two words', b: 'x "y"', c: '' }],
    [['a=b=c'], { a: 'b=c' }],
    [['{"a": 1, "b": [true]}'], { a: 1, b: [true] }],
    [['{ a: yes }'], { a: true }],
    [['a=1', '{ a: 2 }'], { a: 2 }],
  ])('%j are %j', (options, values) => {
    expect(read(...options)).toEqual({ values, problems: [] })
  })

  it('may stand in a file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'runsheet-extra-')), 'vars.yml')
    writeFileSync(file, 'a: 1\n')
    expect(read(`@${file}`).values).toEqual({ a: 1 })
  })

  it.each([
    ['a', "-e:1:1: cannot read 'a'"],
    ['a=1 b="open', `-e:1:5: cannot read 'b="open'`],
    ['{ a: ', '-e:1:6: '],
    ['[a]', '-e:1:1: extra variables are a mapping'],
    ['@/nosuch/file', 'cannot read /nosuch/file'],
  ])('%s is refused', (option, expected) => {
    expect(read(option).problems.join('\n')).toContain(expected)
  })

  it('are told by their place when a schema refuses them', () => {
    const problems: Problem[] = []
    const variables = readExtraVars(['  size=big', '{ deep: { port: x } }'], problems)
    const schema = z.strictObject({ size: z.int(), deep: z.strictObject({ port: z.int() }) })
    checkVariables(schema, { name: 'a', place: { file: 'hosts', line: 1 } }, variables, problems)
    expect(problems.map(describeProblem)).toEqual([
      expect.stringContaining('-e:1:8: size: '),
      expect.stringContaining('-e:1:17: deep.port: '),
    ])
  })
})

describe('an expression of Jinja', () => {
  const check = (yaml: string, schema: z.ZodType = z.object({ a: z.string() })) => {
    const problems: Problem[] = []
    checkVariables(
      schema,
      { name: 'h', place: { file: 'hosts', line: 1 } },
      readExtraVars([yaml], problems),
      problems,
    )
    return problems.map(describeProblem)
  }

  it('is refused where it would be used', () => {
    expect(check('{ a: "{{ b }}" }')).toEqual([
      expect.stringContaining('-e:1:6: a holds an expression of Jinja, and nothing here computes it'),
    ])
    expect(check('a={{b}}')).toEqual([expect.stringContaining('-e:1:3: a holds an expression of Jinja')])
  })

  it.each([
    ['where the playbook does not use it', '{ a: x, b: "{{ c }}" }'],
    ['where it is meant as it stands', '{ a: !unsafe "{{ b }}" }'],
  ])('is let through %s', (_name, yaml) => {
    expect(check(yaml)).toEqual([])
  })
})
