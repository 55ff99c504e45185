import { expect, test } from 'vitest'
import { Secret } from '../../../lib/secret.ts'
import { printText, text, writeText } from '../../../lib/shell/text.ts'

test.each([
  'a content that ends in a newline\n',
  'and one that does not',
])('the shell text of %j with a secret is the same whatever the value, so that not even its length shows', (rest) => {
  const content = (value: string) => text`${new Secret('s', value)}${rest}`
  expect(writeText(content('one'), 'f').text).toBe(writeText(content('another, longer'), 'f').text)
  expect(printText(content('one')).text).toBe(printText(content('another, longer')).text)
})
