import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readLimit, selectHosts } from '../../../lib/inventory/patterns.ts'

const HOSTS = ['web1', 'web2', 'db1', 'db2']
const GROUPS = new Map([
  ['all', HOSTS],
  ['web', ['web1', 'web2']],
  ['db', ['db1', 'db2']],
  ['first', ['web1', 'db1']],
  ['none', []],
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
    ['~(web|db)1', ['web1', 'db1']],
    ['[wd]*1', ['web1', 'db1']],
    ['[!wafn]*', ['db1', 'db2']],
    ['!web', ['db1', 'db2']],
    ['&first', ['web1', 'db1']],
    ['web[0]', ['web1']],
    ['web[-1]', ['web2']],
    ['web[5]', []],
    ['all[1:2]', ['web2', 'db1']],
    ['all[2:]', ['db1', 'db2']],
    ['none', []],
    ['web, db1', ['web1', 'web2', 'db1']],
  ])('%s selects %j', (pattern, expected) => {
    expect(selectHosts(pattern, HOSTS, GROUPS)).toEqual({ selected: expected, unmatched: [] })
  })

  it('names the parts that match nothing', () => {
    expect(selectHosts('web1,nosuch,w.b1', HOSTS, GROUPS)).toEqual({
      selected: ['web1'],
      unmatched: ['nosuch', 'w.b1'],
    })
  })

  it('that is no expression is refused', () => {
    expect(() => selectHosts('~(', HOSTS, GROUPS)).toThrow("'~(' is not a pattern")
  })

  it('leaves addresses whole', () => {
    const hosts = ['2001:db8::1', '192.0.2.1']
    expect(selectHosts('2001:db8::1', hosts, new Map()).selected).toEqual(['2001:db8::1'])
    expect(selectHosts('192.0.2.1,2001:db8::1', hosts, new Map()).selected).toEqual(hosts)
  })
})

describe('a limit', () => {
  it('may stand in a file, one pattern a line', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'runsheet-limit-')), 'retry')
    writeFileSync(file, 'web1\n# not this\n\n db2 \n')
    expect(readLimit(`db1,@${file}`)).toBe('db1,web1,db2')
  })

  it('whose file is absent is refused', () => {
    expect(() => readLimit('@/nosuch')).toThrow('cannot read the hosts of -l @/nosuch')
  })
})
