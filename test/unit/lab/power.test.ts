import { expect, test } from 'vitest'
import { parseRequest } from '../../../lab/commands/power.ts'

test.each(['on', 'off', 'reset', 'status'])('the switch knows "%s node1"', (action) => {
  expect(parseRequest(`${action} node1`, ['node1', 'node2'])).toEqual({ action, node: 'node1' })
})

test.each([
  ['', 'nothing'],
  ['reset', 'no node'],
  ['reset node3', 'a node that this lab does not have'],
  ['explode node1', 'an unknown action'],
  ['constructor node1', 'the name of a method of every object'],
  ['reset node1 node2', 'two nodes'],
  ['reset node1; halt', 'shell'],
  ['reset $(id)', 'shell again'],
  ['reset ../node1', 'a path'],
  ['RESET node1', 'another case'],
])('the switch does nothing for %j: %s', (request) => {
  expect(parseRequest(request, ['node1', 'node2'])).toBeUndefined()
})
