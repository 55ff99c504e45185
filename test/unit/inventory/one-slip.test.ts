import { expect, it } from 'vitest'
import { isOneSlip } from '../../../lib/inventory/one-slip.ts'

it.each([
  ['prot', 'port', true],
  ['por', 'port', true],
  ['portt', 'port', true],
  ['pors', 'port', true],
  ['ort', 'port', true],
  ['port', 'port', false],
  ['psot', 'port', false],
  ['host', 'port', false],
  ['', 'ab', false],
])('%s is one slip beside %s: %s', (name, other, expected) => {
  expect(isOneSlip(name, other)).toBe(expected)
})
