import { expect, test } from 'vitest'
import { topologyNames } from '../../../lab/topology/load.ts'
import { isOurs, nameOf } from '../../lab/labs.ts'

test('two clones on one machine have tests with labs of their own', () => {
  expect(nameOf('two-node', '/home/me/one')).not.toBe(nameOf('two-node', '/home/me/two'))
  expect(nameOf('two-node', '/home/me/one')).toBe(nameOf('two-node', '/home/me/one'))
})

test.each(topologyNames())('the lab of the tests for %s leaves room for the path of a socket', (topology) => {
  expect(nameOf(topology)).toMatch(/^[a-z0-9-]{1,40}$/)
})

test('what is deleted before and after a run are the labs of this clone, of whatever topology', () => {
  expect(
    topologyNames()
      .map((topology) => nameOf(topology))
      .filter(isOurs),
  ).toHaveLength(topologyNames().length)
  expect(['two-node', 'test-two-node', nameOf('two-node', '/home/me/two')].filter(isOurs)).toEqual([])
})
