import { expect, it } from 'vitest'
import { clustersIn } from '../../../../lab/drills/run/inventory-ground.ts'

const host = (name: string, variables: Record<string, unknown>, groups = ['cluster']) => ({
  ...{ name, groups, ssh: [], asRoot: [] },
  variables: { vip: { address: '192.168.56.10' }, fencing: 'none', ...variables },
})

it('finds the clusters among the hosts that playbooks are for', () => {
  const hosts = [
    host('a', {}),
    host('b', { storage: { kind: 'drbd', version: '8.4' } }),
    host('w', {}, ['witness']),
  ]
  expect(clustersIn(hosts)).toMatchObject([{ name: 'cluster', nodes: ['a', 'b'], vip: '192.168.56.10' }])
})

it('refuses machines on which drills would be blind, all at once', () => {
  const hosts = [host('a', { storage: { kind: 'drbd', version: '9' } }), host('b', { platform: 'el7' })]
  expect(() => clustersIn(hosts)).toThrow(
    'a has DRBD 9, whose state is not in /proc/drbd; b has EL 7, whose sync(1) takes no file',
  )
})
