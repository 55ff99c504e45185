import { describe, expect, it } from 'vitest'
import { selectHosts } from '../../../lib/inventory/patterns.ts'

const HOSTS = ['web1', 'web2', 'db1', 'db2']
const GROUPS = new Map([
  ['all', HOSTS],
  ['web', ['web1', 'web2']],
  ['db', ['db1', 'db2']],
  ['first', ['web1', 'db1']],
])

describe('a pattern', () => {
  it.each([
    ['all', HOSTS],
    ['*', HOSTS],
    ['web', ['web1', 'web2']],
    ['db1,web1', ['web1', 'db1']],
    ['web:db', HOSTS],
    ['all:!web', ['db1', 'db2']],
    ['!web:all', ['db1', 'db2']],
    ['web:&first', ['web1']],
    ['all:&first:!db1', ['web1']],
    ['db*', ['db1', 'db2']],
    ['?eb1', ['web1']],
  ])('%s selects %j', (pattern, expected) => {
    expect(selectHosts(pattern, HOSTS, GROUPS)).toEqual({ selected: expected, unmatched: [] })
  })

  it('names the parts that match nothing', () => {
    expect(selectHosts('web1,nosuch,w.b1', HOSTS, GROUPS)).toEqual({
      selected: ['web1'],
      unmatched: ['nosuch', 'w.b1'],
    })
  })
})
