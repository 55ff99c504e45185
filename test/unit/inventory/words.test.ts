import { describe, expect, it } from 'vitest'
import { splitWords } from '../../../lib/inventory/words.ts'

describe('a line of words', () => {
  it.each([
    ['a b=c', ['a', 'b=c']],
    ['  a\t b ', ['a', 'b']],
    [`x="two words" y='a "b"'`, ['x=two words', 'y=a "b"']],
    [`x="a\\"b\\\\c\\n" y=a\\ b`, ['x=a"b\\c\\n', 'y=a b']],
    ['a # b', ['a']],
    ['a#b', ['a']],
    ['"#"', ['#']],
    [`''`, ['']],
  ])('%s is split as by shlex', (line, words) => {
    const found = splitWords(line)
    expect(Array.isArray(found) && found.map(({ text }) => text)).toEqual(words)
  })

  it('knows the columns', () => {
    expect(splitWords(' a  "b c"')).toEqual([
      { text: 'a', column: 2 },
      { text: 'b c', column: 5 },
    ])
  })

  it.each([
    ['a "b', 3],
    ["x='", 3],
    ['a\\', 2],
  ])('%s has a quote that is not closed', (line, column) => {
    expect(splitWords(line)).toBe(column)
  })
})
