import { describe, expect, it } from 'vitest'
import { readPythonLiteral } from '../../../lib/inventory/python-literal.ts'

// Each pair was checked against ast.literal_eval of Python 3.11; where that refuses, Ansible keeps the text.
describe('a value of an INI file', () => {
  it.each([
    ['22', 22],
    ['-1.5', -1.5],
    ['+3', 3],
    ['0x1F', 31],
    ['0o17', 15],
    ['1_000', 1000],
    ['1e3', 1000],
    ['1.', 1],
    ['.5', 0.5],
    ['True', true],
    ['None', null],
    [`'a' "b"`, 'ab'],
    [`'it\\'s \\x41\\t\\u00e9\\q'`, "it's A\té\\q"],
    ['[1, [2, "x"],]', [1, [2, 'x']]],
    ['(1)', 1],
    ['(1,)', [1]],
    ['()', []],
    ['1, 2', [1, 2]],
    [`{'a': {'b': 1}, 2: False}`, { a: { b: 1 }, 2: false }],
    ['{}', {}],
    ['5 # five', 5],
  ])('%s is %j', (text, value) => {
    expect(readPythonLiteral(text)).toEqual(value)
  })

  it.each([
    'yes',
    'true',
    '0644',
    '08',
    '1.2.3',
    '10.0.0.1',
    '1__0x',
    '2024-01-01',
    'a b',
    "it's",
    '"open',
    '[1, 2',
    '[1 2]',
    '{"a" 1}',
    '{{ expression }}',
    '{{ 1 }}',
    '-"a"',
    '#comment',
    '',
    '$HOME',
    '12345678901234567890',
  ])('%s is a text', (text) => {
    expect(readPythonLiteral(text)).toBe(text)
  })
})
