import { expect, test } from 'vitest'
import { renderNoLab, renderStatus } from '../../../lab/commands/status.ts'
import { explain, LabError } from '../../../lab/errors.ts'

test('status is a table, and says which cables are pulled', () => {
  const nodes = [
    { node: 'alpha', power: 'running', port: 2201, accel: 'tcg', cut: ['public'] },
    { node: 'b', power: 'off', port: undefined, accel: 'tcg', cut: [] },
  ] as const
  expect(renderStatus(['public', 'backbone'], nodes).split('\n')).toEqual([
    'NODE   POWER    SSH PORT  ACCEL  LINKS',
    'alpha  running  2201      tcg    public CUT, backbone ok',
    'b      off      -         tcg    public ok, backbone ok',
  ])
})

test('without a lab, status says how to make it, and which there are', () => {
  expect(renderNoLab('pair', [])).toBe('There is no lab pair; `npm run lab -- up` makes it.')
  expect(renderNoLab('pair', [{ name: 'mine', topology: 'four-node' }])).toMatch(
    /^There is: LAB_NAME=mine \(four-node\)$/m,
  )
})

test.each([
  [new LabError('the disk is full', 'delete something'), 'error: the disk is full\n  next: delete something'],
  [new LabError('no way'), 'error: no way'],
  [new TypeError('x is not a function'), 'error: x is not a function'],
  ['text', 'error: text'],
])('an error is told without a stack', (error, expected) => {
  expect(explain(error)).toBe(expected)
})
