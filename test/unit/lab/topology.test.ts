import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { asset } from '../../../lab/project.ts'
import { isHostOf, isSubnet } from '../../../lab/topology/address.ts'
import { parseTopologies } from '../../../lab/topology/load.ts'
import { topology, twoNodes } from './fixture.ts'

const faultsOf = (text: string): string[] => {
  try {
    parseTopologies(text, 't.yml')
  } catch (error) {
    return (error as Error).message.split('\n').slice(1)
  }
  return []
}

test.each([
  [
    'a wrong type',
    'memory: 512\n        cpus: 2',
    'memory: lots\n        cpus: 2',
    /^t\.yml:9:17: .*nodes\.alpha\.memory: .*number/,
  ],
  ['an unknown key', 'cpus: 2', 'cpus: 2\n        colour: red', /^t\.yml:11:9: .*unknown key colour/],
  ['a missing value', '        cpus: 2\n', '', /^t\.yml:9:9: .*nodes\.alpha\.cpus: /],
  [
    'an address outside its subnet',
    '192.168.56.12',
    '192.168.57.12',
    /^t\.yml:17:30: .*is not an address of 192\.168\.56\.0\/24/,
  ],
  ['an address twice', '192.168.56.12', '192.168.56.11', /^t\.yml:17:30: .*already the address of alpha/],
  [
    'the address of the gateway',
    '192.168.56.12',
    '192.168.56.1',
    /^t\.yml:17:30: .*already the gateway of public/,
  ],
  ['no address at all', '10.1.0.12', 'ten', /^t\.yml:17:55: .*not an IPv4 address/],
  [
    'a gateway outside',
    'gateway: 192.168.56.1 ',
    'gateway: 192.168.55.1 ',
    /^t\.yml:5:51: .*is not an address/,
  ],
  [
    'a network that is missing at a node',
    ', backbone: 10.1.0.12',
    '',
    /^t\.yml:17:20: .*beta has no address in backbone/,
  ],
  [
    'a variable of no network',
    '{ network: public }',
    '{ network: private }',
    /^t\.yml:19:27: .*no network private/,
  ],
  [
    'a variable of a disk that one node lacks',
    '{ disk: data }',
    '{ disk: log }',
    /^t\.yml:20:21: .*beta has no disk log/,
  ],
  ['a name that QEMU would split', 'beta:\n', '"be,ta":\n', /^t\.yml:13:7: .*a name is lower-case/],
  ['broken YAML', 'cpus: 2', 'cpus: [2', /^t\.yml:\d+:\d+: /],
])('%s is reported where it stands', (_, right, wrong, expected) => {
  expect(twoNodes).toContain(right)
  expect(faultsOf(twoNodes.replace(right, wrong))).toContainEqual(expect.stringMatching(expected))
})

test('all faults come at once', () => {
  const text = twoNodes
    .replace('memory: 512', 'memory: 1')
    .replace('cpus: 1', 'cpus: none')
    .replace('[heartbeat]', '[Heart]')
  expect(faultsOf(text).map((fault) => fault.split(': ')[0])).toEqual([
    't.yml:1:12',
    't.yml:9:17',
    't.yml:15:15',
  ])
})

test('the topologies of the project are right, and have the default one', () => {
  const all = parseTopologies(readFileSync(asset('topology.yml'), 'utf8'), 'topology.yml')
  expect(all.map(({ name }) => name)).toContain('two-node')
})

test('a topology knows its name and its nodes in order', () => {
  expect(topology()).toMatchObject({ name: 'pair', packages: ['heartbeat'] })
  expect(Object.keys(topology().nodes)).toEqual(['alpha', 'beta'])
})

test.each([
  ['192.168.56.1', '192.168.56.0/24', true],
  ['192.168.56.0', '192.168.56.0/24', false],
  ['192.168.56.255', '192.168.56.0/24', false],
  ['192.168.57.1', '192.168.56.0/23', true],
  ['10.0.255.255', '10.0.0.0/15', true],
  ['10.0.0.5', '10.0.0.4/30', true],
  ['10.0.0.8', '10.0.0.4/30', false],
])('%s in %s: %s', (address, subnet, expected) => {
  expect(isHostOf(address, subnet)).toBe(expected)
})

test.each([
  '10.0.0.0',
  '10.0.0.0/31',
  '10.0.0/8',
  '10.0.0.256/24',
  '10.0.0.0/8/8',
  'a/8',
])('%s is no subnet', (text) => {
  expect(isSubnet(text)).toBe(false)
})
