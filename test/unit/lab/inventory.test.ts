import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { renderInventory, wayTo } from '../../../lab/topology/inventory.ts'
import { topology, twoNodes } from './fixture.ts'

const connection = (port: number) => wayTo({ port, keyFile: '/lab/key', knownHosts: '/lab/known_hosts' })
const connections = { alpha: connection(2201), beta: connection(2202) }
const hostsOf = (text: string) => parse(text, { logLevel: 'error' }).all.children.cluster.hosts

test('a host has what its node gives it, and the way to it', () => {
  expect(hostsOf(renderInventory(topology(), connections)).alpha).toEqual({
    address: '192.168.56.11',
    disk: '/dev/disk/by-id/virtio-data',
    ansible_host: '127.0.0.1',
    ansible_port: 2201,
    ansible_user: 'admin',
    ansible_ssh_private_key_file: '/lab/key',
    ansible_become: true,
    ansible_timeout: 120,
    ansible_ssh_common_args: '-o UserKnownHostsFile=/lab/known_hosts',
  })
})

test('what the topology says of a host itself is kept', () => {
  expect(hostsOf(renderInventory(topology(), connections)).beta).toMatchObject({
    address: '192.168.56.99',
    ansible_port: 2202,
  })
})

test('a variable of a group is for its hosts alone, and for those of its children', () => {
  const text = twoNodes
    .replace('          beta: { address: 192.168.56.99 }\n', '')
    .replace(
      '      cluster:\n        hosts',
      '      others: { children: { inner: { hosts: { beta: } } } }\n      cluster:\n        hosts',
    )
    .replace('variables:\n', 'variables:\n  others: { way: { network: backbone } }\n')
  const { cluster, others } = parse(renderInventory(topology(text), connections), { logLevel: 'error' }).all
    .children
  expect(cluster.hosts.alpha).not.toHaveProperty('way')
  expect(others.children.inner.hosts.beta).toMatchObject({ way: '10.1.0.12', ansible_port: 2202 })
  expect(others.children.inner.hosts.beta).not.toHaveProperty('disk')
})

test('a tag goes through as it was written', () => {
  expect(renderInventory(topology(), connections)).toContain('key: !secret { file: heartbeat.key }')
})

test('rendering twice gives the same: the topology is not changed by it', () => {
  const shared = topology()
  expect(renderInventory(shared, connections)).toBe(renderInventory(shared, connections))
  expect(String(shared.inventory)).not.toContain('ansible_host')
})

test.each([
  ['without a value', 'alpha: {}', 'alpha:'],
  ['in a group of a group', 'alpha: {}', 'alpha: {}'],
])('a host %s is completed', (_, before, after) => {
  const text = twoNodes.replace(before, after)
  const nested = text.replace(
    '      cluster:\n        hosts:',
    '      cluster:\n        children:\n          inner: { hosts: { alpha: } }\n        hosts:',
  )
  const { hosts, children } = parse(renderInventory(topology(nested), connections), { logLevel: 'error' }).all
    .children.cluster
  expect(hosts.alpha.ansible_port).toBe(2201)
  expect(children.inner.hosts.alpha.ansible_port).toBe(2201)
})
