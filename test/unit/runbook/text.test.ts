import { describe, expect, test } from 'vitest'
import { anchors, code, fenced, list, prose } from '../../../lib/runbook/markdown.ts'
import { pasteable } from '../../../lib/runbook/paste.ts'
import { spell, visible } from '../../../lib/runbook/unseen.ts'

describe('Markdown', () => {
  test.each([
    ['a\n  b', 'a b'],
    ['*bold* _it_ `x` <b> [l](u) # | \\', '\\*bold\\* \\_it\\_ \\`x\\` \\<b\\> \\[l\\](u) \\# \\| \\\\'],
    ['tab\there\u2028!', 'tab\\<TAB\\>here\\<U+2028\\>!'],
  ])('prose %j', (text, shown) => {
    expect(prose(text)).toBe(shown)
  })

  test.each([
    ['ls -l', '`ls -l`'],
    ['a`b', '`` a`b ``'],
    ['a\nb', '`a⏎b`'],
  ])('code %j', (text, shown) => {
    expect(code(text)).toBe(shown)
  })

  test('a fence is longer than what stands inside', () => {
    expect(fenced('sh', 'a\n````\nb')).toBe('`````sh\na\n````\nb\n`````')
  })

  test('anchors are those of GitHub, and differ', () => {
    const anchor = anchors()
    expect(anchor('Part 1: base, configuration')).toBe('part-1-base-configuration')
    expect(anchor('Part 1: base, configuration')).toBe('part-1-base-configuration-1')
  })

  test('a list reads as a sentence', () => {
    expect([list(['a']), list(['a', 'b']), list(['a', 'b', 'c'])]).toEqual(['a', 'a and b', 'a, b and c'])
  })
})

describe('what cannot be seen or pasted', () => {
  test('is named, and what can be stays', () => {
    expect(visible('ü字 a\tb\r\u200b\u00a0\n\u202e')).toBe('ü字 a<TAB>b<CR><U+200B><U+00A0>\n<U+202E>')
  })

  test('can be put back, also beside its own name', () => {
    const { text, marks } = spell('<TAB> is \t and \u2028')
    expect(text).toBe('<TAB> is <TAB_> and <U+2028>')
    expect([...marks]).toEqual([
      ['<TAB_>', '\\011'],
      ['<U+2028>', '\\342\\200\\250'],
    ])
  })

  test('is put back by the first line of the block', () => {
    expect(pasteable(['a'], [], 'x\ty')).toContain(
      "```sh run\nsed -e \"s/<TAB>/$(printf '\\011')/g\" <<'STEP' | on a\nx<TAB>y\nSTEP\n```",
    )
  })
})

test('a block ends only where it ends', () => {
  expect(pasteable(['a', 'b'], ['a', 'c'], 'STEP\n```')).toBe(
    "````sh run\non a b asking a c <<'STEP_'\nSTEP\n```\nSTEP_\n````",
  )
})
