import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { redact, Secret } from '../../lib/secret.ts'

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
})
