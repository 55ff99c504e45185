import { Secret } from 'runsheet'
import { expect, it } from 'vitest'
import { clustersIn } from '../../../../lab/drills/run/inventory-ground.ts'
import { variables } from '../../../../playbooks/parts/variables.mjs'

const secret = new Secret('heartbeat.key', 'correct-horse-battery')

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

it('takes for granted what the playbooks do', () => {
  const said = {
    ...{ address: '192.168.56.11', home: 'a', fencing: 'none' },
    vip: { address: '192.168.56.10', prefix: 24, card: 'eth1' },
    heartbeat: { key: secret, cards: ['eth1', 'eth2'], ping: ['192.168.56.1'] },
    storage: { kind: 'drbd' },
    database: { mode: 'shared-disk' },
  }
  expect(clustersIn([host('a', said)])).toEqual(clustersIn([host('a', variables.parse(said))]))
})
