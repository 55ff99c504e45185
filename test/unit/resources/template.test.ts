import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RunsheetError } from '../../../lib/errors.ts'
import { type TemplateValues, template } from '../../../lib/resources/index.ts'
import { Secret } from '../../../lib/secret.ts'
import { text } from '../../../lib/shell/text.ts'

let path: string
beforeAll(() => {
  path = join(mkdtempSync(join(tmpdir(), 'runsheet-template-')), 'ha.cf')
})

afterAll(() => rmSync(dirname(path), { recursive: true }))

function fill(source: string, values: TemplateValues) {
  writeFileSync(path, source)
  return template(path, values)
}

describe('template', () => {
  it.each<[string, TemplateValues, string]>([
    ['node {{a}}\n', { a: 'n1' }, 'node n1\n'],
    ['{{a}}{{ b }}{{a}}', { a: 1, b: 'x' }, '1x1'],
    ['plain {a} $a }}', {}, 'plain {a} $a }}'],
    ['{{a}}', { a: '{{b}} $& $1' }, '{{b}} $& $1'],
    ['{{a}}', { a: text`k ${new Secret('s', 'v')}\n` }, 'k v\n'],
    ['ü {{a}}', { a: '字' }, 'ü 字'],
    ['{{a}}.', { a: '' }, '.'],
  ])('fills %j', (source, values, filled) => expect(fill(source, values).reveal()).toBe(filled))

  it('keeps secrets secret', () => {
    const key = new Secret('key', 'hunter2')
    const filled = fill('1 sha1 {{key}}\n', { key })
    expect([filled.toString(), filled.secrets]).toEqual(['1 sha1 [secret key]\n', [key]])
  })

  it('reads a URL', () => {
    writeFileSync(path, '{{a}}')
    expect(template(pathToFileURL(path), { a: 1 }).reveal()).toBe('1')
  })

  it.each<[string, TemplateValues, string]>([
    ['a\n  {{b}}', {}, ':2:3: no value for the placeholder {{b}}'],
    ['{{toString}}', {}, ':1:1: no value for the placeholder {{toString}}'],
    ['x {{a.b}}', {}, ':1:3: a placeholder is written {{name}}'],
    ['x {{a', { a: 1 }, ':1:3: a placeholder is written {{name}}'],
    ['x', { a: 1 }, ':1:1: no placeholder uses the value a'],
  ])('refuses %j with %j', (source, values, message) => {
    expect(() => fill(source, values)).toThrow(`${path}${message}`)
  })

  it('tells all mistakes at once, as E_INVALID', () => {
    const all = [':1:1: no value', '\n', ':1:6: a placeholder', '\n', ':1:1: no placeholder uses the value c']
    expect(() => fill('{{a}}{{-}}', { c: 1 })).toThrow(RunsheetError)
    for (const part of all) expect(() => fill('{{a}}{{-}}', { c: 1 })).toThrow(part)
  })

  it('says which file it cannot read', () => {
    expect(() => template('/nowhere/x', {})).toThrow('cannot read the template /nowhere/x')
  })
})
