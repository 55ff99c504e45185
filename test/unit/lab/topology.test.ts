import { expect, test } from 'vitest'
import { isHostOf, isSubnet } from '../../../lab/topology/address.ts'
import {
  loadPackages,
  loadTopology,
  lunsOf,
  parseTopology,
  topologyNames,
} from '../../../lab/topology/load.ts'
import { secretFiles } from '../../../lab/topology/secrets.ts'
import { topology, twoNodes } from './fixture.ts'

const faultsOf = (text: string): string[] => {
  try {
    parseTopology(text, 't.yml')
  } catch (error) {
    return (error as Error).message.split('\n').slice(1)
  }
  return []
}

test.each([
  [
    'a wrong type',
    'memory: 512\n    cpus: 2',
    'memory: lots\n    cpus: 2',
    /^t\.yml:6:13: .*nodes\.alpha\.memory: .*number/,
  ],
  ['an unknown key', 'cpus: 2', 'cpus: 2\n    colour: red', /^t\.yml:8:5: .*unknown key colour/],
  ['a missing value', '    cpus: 2\n', '', /^t\.yml:6:5: .*nodes\.alpha\.cpus: /],
  [
    'an address outside its subnet',
    '192.168.56.12',
    '192.168.57.12',
    /^t\.yml:14:26: .*is not an address of 192\.168\.56\.0\/24/,
  ],
  ['an address twice', '192.168.56.12', '192.168.56.11', /^t\.yml:14:26: .*already the address of alpha/],
  [
    'the address of the gateway',
    '192.168.56.12',
    '192.168.56.1',
    /^t\.yml:14:26: .*already the gateway of public/,
  ],
  ['no address at all', '10.1.0.12', 'ten', /^t\.yml:14:51: .*not an IPv4 address/],
  [
    'a gateway outside',
    'gateway: 192.168.56.1 ',
    'gateway: 192.168.55.1 ',
    /^t\.yml:2:47: .*is not an address/,
  ],
  [
    'a network that is missing at a node',
    ', backbone: 10.1.0.12',
    '',
    /^t\.yml:14:16: .*beta has no address in backbone/,
  ],
  [
    'a variable of no network',
    '{ network: public }',
    '{ network: private }',
    /^t\.yml:17:25: .*no network private/,
  ],
  [
    'a variable of a disk that one node lacks',
    '{ disk: data }',
    '{ disk: log }',
    /^t\.yml:18:19: .*beta has no disk log/,
  ],
  [
    'variables of no group',
    'cluster:\n    address',
    'others:\n    address',
    /^t\.yml:17:5: .*no group others/,
  ],
  ['a host that is no node', 'alpha: {}', 'gamma: {}', /^t\.yml:\d+:\d+: .*the host gamma is no node/],
  [
    'a LUN of no node',
    'variables:',
    'luns: { shared: { size: 8, nodes: [alpha, gamma] } }\nvariables:',
    /^t\.yml:15:43: .*no node gamma/,
  ],
  [
    'a LUN with the name of a disk',
    'variables:',
    'luns: { log: { size: 8, nodes: [beta, alpha] } }\nvariables:',
    /^t\.yml:15:39: .*alpha has a disk log of its own/,
  ],
  ['a name that QEMU would split', 'beta:\n', '"be,ta":\n', /^t\.yml:10:3: .*a name is lower-case/],
  ['broken YAML', 'cpus: 2', 'cpus: [2', /^t\.yml:\d+:\d+: /],
])('%s is reported where it stands', (_, right, wrong, expected) => {
  expect(twoNodes).toContain(right)
  expect(faultsOf(twoNodes.replace(right, wrong))).toContainEqual(expect.stringMatching(expected))
})

test('all faults come at once', () => {
  const text = twoNodes
    .replace('memory: 512', 'memory: 1')
    .replace('cpus: 1', 'cpus: none')
    .replace('192.168.56.0/24', 'lan')
  expect(faultsOf(text).map((fault) => fault.split(': ')[0])).toEqual([
    't.yml:2:21',
    't.yml:6:13',
    't.yml:12:11',
  ])
})

test.each(topologyNames())('the topology %s of the project is right, and so are its secrets', (name) => {
  const secrets = secretFiles(loadTopology(name).inventory)
  expect(secrets).toEqual([...new Set(secrets)])
})

test('the default topology and the packages of the guests are there', () => {
  expect(topologyNames()).toContain('two-node')
  expect(loadPackages()).toContain('heartbeat')
})

test('a topology that does not exist is refused with those that do', () => {
  expect(() => loadTopology('../packages')).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('two-node') }),
  )
})

test('a topology knows its name, its nodes in order, and who belongs to a group', () => {
  expect(topology().name).toBe('pair')
  expect(Object.keys(topology().nodes)).toEqual(['alpha', 'beta'])
  expect([...topology().groups]).toEqual([
    ['all', ['alpha', 'beta']],
    ['cluster', ['alpha', 'beta']],
  ])
})

test('a LUN is seen by those that are connected to it', () => {
  const shared = topology(`${twoNodes}luns: { shared: { size: 8, nodes: [beta] } }\n`)
  expect([lunsOf(shared, 'alpha'), lunsOf(shared, 'beta')]).toEqual([[], ['shared']])
})

test.each(['../x.key', 'state.json', 'id_ed25519', 'x.key/y'])('%s is no file for a secret', (file) => {
  const text = twoNodes.replace('heartbeat.key', file)
  expect(() => secretFiles(topology(text).inventory)).toThrow(`${file} cannot be the file of a secret`)
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
