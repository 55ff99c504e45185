import { expect, test } from 'vitest'
import { chooseLab, type Existing } from '../../../lab/instance/existing.ts'

const pair: Existing = { name: 'pair', topology: 'pair' }
const mine: Existing = { name: 'mine', topology: 'pair' }
const four: Existing = { name: 'four', topology: 'four-node' }
const wanted = (name?: string, topology?: string) => ({ name, topology })

test.each([
  ['the only one', [mine], wanted(), mine],
  ['one of that name', [pair, mine, four], wanted('mine'), mine],
  ['the only one of that topology', [mine, four], wanted(undefined, 'pair'), mine],
  ['the one with the name of the topology', [mine, pair], wanted(undefined, 'pair'), pair],
  ['one of that name and topology', [pair, mine], wanted('pair', 'pair'), pair],
])('chooses %s', (_, labs, asked, expected) => {
  expect(chooseLab(labs, asked)).toBe(expected)
})

test.each([
  ['none', [], wanted(), 'there is no lab', /lab -- --topology two-node up/],
  [
    'several',
    [mine, four],
    wanted(),
    'more than one lab',
    /LAB_NAME=mine \(pair\), LAB_NAME=four \(four-node\)/,
  ],
  ['none of that name', [pair], wanted('mine'), 'no lab of the name mine', /LAB_NAME=pair \(pair\)/],
  [
    'none of that topology',
    [pair],
    wanted(undefined, 'four-node'),
    'no lab of the topology four-node',
    /pair/,
  ],
  ['another topology', [pair], wanted('pair', 'four-node'), 'name pair of the topology four-node', /pair/],
])('says what to type where there is %s', (_, labs, asked, message, hint) => {
  expect(() => chooseLab(labs, asked)).toThrow(
    expect.objectContaining({
      message: expect.stringContaining(message),
      hint: expect.stringMatching(hint),
    }),
  )
})
