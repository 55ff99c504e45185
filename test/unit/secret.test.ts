import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { redact, redactedJson, Secret } from '../../lib/secret.ts'

const secret = new Secret('db.password', `it's "deep"`)

describe('a secret', () => {
  it.each([
    ['a template', `${secret}`],
    ['inspect', inspect(secret)],
    ['an array joined', [secret].join()],
  ])('prints as its name in %s', (_name, printed) => {
    expect(printed).toBe('[secret db.password]')
  })

  it('prints as its name in JSON', () => {
    expect(JSON.stringify({ secret })).toBe('{"secret":"[secret db.password]"}')
  })

  it.each([
    ['as it is', `x it's "deep" y`],
    ['inside JSON', JSON.stringify({ a: secret.reveal() })],
    ['inside a quoted shell word', `'it'\\''s "deep"'`],
  ])('is taken out of a text %s', (_name, text) => {
    const clean = redact(text, [secret])
    expect(clean).toContain('[secret db.password]')
    expect(clean).not.toContain('deep')
  })

  it.each([
    ['a URL', encodeURIComponent(secret.reveal())],
    ['HTML', 'it&#39;s &quot;deep&quot;'],
    ['base64', Buffer.from(secret.reveal()).toString('base64')],
    ['base64 of more than it', Buffer.from(`user:${secret.reveal()}!`).toString('base64')],
    ['base64 after one byte', Buffer.from(`:${secret.reveal()}`).toString('base64')],
  ])('is taken out of %s', (_name, text) => {
    expect(redact(text, [secret])).toContain('[secret db.password]')
  })

  it.each([
    ['base64 for URLs', '>>>???>>>???', 'Pj4-Pz8_Pj4-Pz8_'],
    ['HTML that leaves quotes as they are', '<b>"x"</b>&co', '&lt;b&gt;"x"&lt;/b&gt;&amp;co'],
    ['a text without the newline of its file', 'abc\n', 'abc'],
  ])('is taken out of %s', (_name, value, text) => {
    expect(redact(`(${text})`, [new Secret('other', value)])).toBe('([secret other])')
  })

  it('that is short is left in what only looks like its base64', () => {
    expect(redact('xYWIx', [new Secret('short one', 'ab')])).toBe('xYWIx')
  })

  it('is taken literally, whatever a regular expression would make of it', () => {
    const odd = new Secret('odd', 'a.b*c+(d[e]{2}|f^g$h?/i-j\\k')
    expect(redact(`<${odd.reveal()}> aXb*c+ f i-j`, [odd])).toBe('<[secret odd]> aXb*c+ f i-j')
  })

  it('of several lines is taken out when its lines are indented, and short lines are left', () => {
    const key = new Secret('key', '-----BEGIN KEY-----\nAAAABBBBCCCC\n}\n-----END KEY-----\n')
    const shown = '    -----BEGIN KEY-----\n+   AAAABBBBCCCC\n    }\n'
    expect(redact(shown, [key])).toBe('    [secret key]\n+   [secret key]\n    }\n')
  })

  it('that holds another one is taken out whole', () => {
    const short = new Secret('short', 'pass')
    const long = new Secret('long', 'password1')
    expect(redact('password1 pass', [short, long])).toBe('[secret long] [secret short]')
  })

  it('is known everywhere as soon as it exists', () => {
    expect(redact(`<${secret.reveal()}>`)).toBe('<[secret db.password]>')
    const late = new Secret('late')
    expect(redact('not-yet-known')).toBe('not-yet-known')
    late.learn('not-yet-known')
    expect(redact('not-yet-known')).toBe('[secret late]')
  })

  it('leaves JSON as JSON, whatever it looks like', () => {
    new Secret('brace', '{"a":12')
    new Secret('number', '12')
    expect(JSON.parse(redactedJson({ a: 12, b: 'x 12 {"a":12' }))).toEqual({
      a: 12,
      b: 'x [secret number] [secret brace]',
    })
  })

  it('cannot be used before it was fetched', () => {
    expect(() => new Secret('prompt').reveal()).toThrow('[secret prompt] is used before it was fetched')
  })
})
