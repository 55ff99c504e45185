import { expect, test } from 'vitest'
import { isInSubnet, subnetOf } from '../../../lib/cluster/ipv4.ts'

test.each([
  ['192.168.56.10', 24, '192.168.56.0', '192.168.56.255'],
  ['192.168.56.10', 30, '192.168.56.8', '192.168.56.11'],
  ['10.200.3.4', 8, '10.0.0.0', '10.255.255.255'],
  ['255.255.255.254', 25, '255.255.255.128', '255.255.255.255'],
  ['0.0.0.1', 1, '0.0.0.0', '127.255.255.255'],
])('%s/%i begins with %s and ends with %s', (address, prefix, network, broadcast) => {
  expect(subnetOf(address, prefix)).toEqual({ network, broadcast, prefix })
})

test.each([
  ['192.168.56', 24],
  ['192.168.56.256', 24],
  ['::1', 24],
  ['192.168.56.10', 0],
  ['192.168.56.10', 31],
  ['192.168.56.10', 24.5],
])('%s/%d is no subnet of hosts', (address, prefix) => {
  expect(subnetOf(address, prefix)).toBeUndefined()
})

test('an address is in the subnet of another, or not', () => {
  const subnet = { network: '192.168.56.128', broadcast: '192.168.56.255', prefix: 25 }
  expect(isInSubnet('192.168.56.129', subnet)).toBe(true)
  expect(isInSubnet('192.168.56.127', subnet)).toBe(false)
  expect(isInSubnet('node1', subnet)).toBe(false)
})
