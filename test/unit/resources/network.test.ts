import { describe, expect, it } from 'vitest'
import type { Task } from '../../../lib/resource/contract.ts'
import { canonical } from '../../../lib/resource/state.ts'
import { firewall } from '../../../lib/resources/index.ts'
import { networkOf } from '../../../lib/resources/network.ts'

describe('an address or a network', () => {
  it.each([
    ['10.1.2.3', { version: 4, address: '10.1.2.3', length: 32 }],
    ['10.1.2.3/8', { version: 4, address: '10.0.0.0', length: 8 }],
    ['192.168.255.255/17', { version: 4, address: '192.168.128.0', length: 17 }],
    ['10.1.2.3/0', { version: 4, address: '0.0.0.0', length: 0 }],
    ['2001:DB8:0:0::1', { version: 6, address: '2001:db8::1', length: 128 }],
    ['2001:db8:ffff::/33', { version: 6, address: '2001:db8:8000::', length: 33 }],
    ['::/0', { version: 6, address: '::', length: 0 }],
    ['::ffff:10.0.0.1', { version: 6, address: '::ffff:a00:1', length: 128 }],
    ['10.0.0.0/33', undefined],
    ['10.0.0.0/', undefined],
    ['10.0.0.0/8/8', undefined],
    ['10.0.0/8', undefined],
    ['fe80::1%eth0', undefined],
    ['example.org', undefined],
  ])('%s', (text, network) => {
    expect(networkOf(text)).toEqual(network)
  })
})

describe('firewall', () => {
  it('expects the rule, or none, now and after a boot', () => {
    expect(canonical(firewall({ name: 'a', port: 1 }).expect)).toBe('live yes\npermanent yes')
    expect(canonical(firewall({ name: 'a', port: 1, absent: true }).expect)).toBe('live no\npermanent no')
  })

  it.each<[Task, RegExp]>([
    [firewall({ name: 'a b', port: 1 }), /no rule can be called a b/],
    [firewall({ name: '-a', port: 1 }), /no rule/],
    [firewall({ name: 'a', port: 0 }), /no port: 0/],
    [firewall({ name: 'a', port: 65_536 }), /no port/],
    [firewall({ name: 'a', port: '20-10' }), /no port: 20-10/],
    [firewall({ name: 'a', port: 1, source: '10.0.0.0/40' }), /no address and no network/],
  ])('%#: refuses $1', (task, problem) => {
    expect(task.problems.join('\n')).toMatch(problem)
    expect(task.apply.text).toBe('')
  })

  it.each([
    [undefined, 'rule port port="80" protocol="tcp" accept'],
    ['10.1.2.3/8', 'rule family="ipv4" source address="10.0.0.0/8" port port="80" protocol="tcp" accept'],
    [
      '2001:db8::/32',
      'rule family="ipv6" source address="2001:db8::/32" port port="80" protocol="tcp" accept',
    ],
  ])('asks firewalld from %s as firewalld.richlanguage(5) has it', (source, rule) => {
    const { probe, apply } = firewall({
      name: 'a',
      port: 80,
      manager: 'firewalld',
      ...(source && { source }),
    })
    expect(probe.text).toContain(`firewall-cmd -q '--query-rich-rule=${rule}'`)
    expect(apply.text).toContain(`firewall-cmd -q --permanent '--add-rich-rule=${rule}'`)
  })
})
