import { expect, test } from 'vitest'
import { isSelected } from '../../../lib/plan/tags.ts'

const words = (text: string) => (text === '-' ? undefined : text.split(' '))

// Own tags of the task, --tags, --skip-tags, and what ansible-playbook of ansible-core 2.14 does with it.
test.each([
  ['', '-', '-', true],
  ['a', '-', '-', true],
  ['a', 'a', '-', true],
  ['a', 'b', '-', false],
  ['', 'a', '-', false],
  ['a b', 'b', '-', true],
  ['always', 'b', '-', true],
  ['always', 'b', 'always', false],
  ['always', 'always', '-', true],
  ['never', '-', '-', false],
  ['never', 'never', '-', true],
  ['never a', 'a', '-', true],
  ['never a', 'all', '-', false],
  ['never a', 'tagged', '-', false],
  ['never always', '-', '-', true],
  ['a', 'all', '-', true],
  ['a', 'tagged', '-', true],
  ['', 'tagged', '-', false],
  ['', 'untagged', '-', true],
  ['a', 'untagged', '-', false],
  ['a', '-', 'a', false],
  ['a b', 'a', 'b', false],
  ['', '-', 'a', true],
  ['a', '-', 'all', false],
  ['always', '-', 'all', true],
  ['always', '-', 'all always', false],
  ['a', '-', 'tagged', false],
  ['', '-', 'tagged', true],
  ['', '-', 'untagged', false],
])('tags "%s" with --tags %s and --skip-tags %s: %s', (own, only, skip, expected) => {
  expect(isSelected(own.split(' ').filter(Boolean), words(only), words(skip))).toBe(expected)
})
