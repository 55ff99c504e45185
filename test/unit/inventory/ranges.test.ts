import { describe, expect, it } from 'vitest'
import { expandHosts } from '../../../lib/inventory/ranges.ts'

const place = { file: 'hosts', line: 1 }

describe('a host pattern', () => {
  it.each([
    ['web[01:03]', ['web01', 'web02', 'web03']],
    ['web[1:3].example.com', ['web1.example.com', 'web2.example.com', 'web3.example.com']],
    ['[8:10]', ['8', '9', '10']],
    ['a[:2]', ['a0', 'a1', 'a2']],
    ['db-[a:c]', ['db-a', 'db-b', 'db-c']],
    ['db-[y:B]', ['db-y', 'db-z', 'db-A', 'db-B']],
    ['n[1:9:4]', ['n1', 'n5', 'n9']],
    ['l[a:e:2]', ['la', 'lc', 'le']],
    ['r[1:2]x[a:b]', ['r1xa', 'r1xb', 'r2xa', 'r2xb']],
    ['plain', ['plain']],
    ['2001:db8::1', ['2001:db8::1']],
  ])('%s stands for %j', (text, names) => {
    expect(expandHosts(text, place)).toEqual({ names, port: undefined })
  })

  it.each([
    ['host:2222', ['host'], 2222],
    ['web[1:2]:22', ['web1', 'web2'], 22],
    ['192.0.2.1:22', ['192.0.2.1'], 22],
    ['[2001:db8::1]:22', ['2001:db8::1'], 22],
  ])('%s has a port', (text, names, port) => {
    expect(expandHosts(text, place)).toEqual({ names, port })
  })

  it.each([
    ['w[1:2', 'has no end'],
    ['w[1]', 'is [begin:end] or [begin:end:step]'],
    ['w[1:2:3:4]', 'is [begin:end] or [begin:end:step]'],
    ['w[1:]', 'is [begin:end] or [begin:end:step]'],
    ['w[5:1]', 'begins behind its end'],
    ['w[c:a]', 'begins behind its end'],
    ['w[01:100]', 'needs both ends of one length'],
    ['w[1:5:0]', 'the step of a host range'],
    ['w[a:5]', 'is of numbers or of single letters'],
    ['w[aa:bb]', 'is of numbers or of single letters'],
    ['w[1:99999999]', 'more than 65536 hosts'],
    ['w[1:999][1:999]', 'more than 65536 hosts'],
  ])('%s is refused', (text, expected) => {
    expect(() => expandHosts(text, place)).toThrow(`hosts:1: `)
    expect(() => expandHosts(text, place)).toThrow(expected)
  })
})
