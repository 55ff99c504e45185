import { Secret } from 'runsheet'
import { describe, expect, test } from 'vitest'
import { applicationOf } from '../../../playbooks/parts/applications.mjs'
import { variables } from '../../../playbooks/parts/variables.mjs'
import { written } from './fixture.ts'

const good = written(1)

test('what is left out has a default, a preset becomes its data', () => {
  const vars = variables.parse(good)
  expect(vars.storage).toEqual({
    kind: 'drbd',
    resource: 'r0',
    device: '/dev/drbd0',
    port: 7789,
    version: '8.4',
    mount: '/mnt/shared',
    filesystem: 'ext4',
  })
  expect(vars.heartbeat).toMatchObject({
    keepalive: 1,
    warntime: 5,
    deadtime: 10,
    initdead: 120,
    udpport: 694,
  })
  expect(applicationOf(vars)?.packages).toEqual(['nagios4-core', 'apache2'])
})

test("an application of one's own is an object", () => {
  const application = {
    packages: ['redis'],
    services: [{ unit: 'redis-server' }],
    groups: [],
    users: [],
    share: [],
  }
  expect(variables.parse({ ...good, application }).application).toEqual({
    ...application,
    contexts: {},
    ports: [],
  })
})

const heartbeat = (more: object) => ({ ...good, heartbeat: { ...good.heartbeat, ...more } })
const storage = (more: object) => ({ ...good, storage: { ...good.storage, ...more } })

describe('is refused', () => {
  test.each<[string, object, string, RegExp]>([
    ['an unknown variable', { ...good, hom: 'node1' }, '', /Unrecognized key: "hom"/],
    ['an unknown key inside', storage({ protocol: 'A' }), 'storage', /Unrecognized key: "protocol"/],
    ['a name as an address', { ...good, address: 'node1' }, 'address', /IPv4/],
    ['a prefix too long', { ...good, vip: { ...good.vip, prefix: 32 } }, 'vip.prefix', /<=30/],
    ['a relative mount point', storage({ mount: 'mnt/shared' }), 'storage.mount', /an absolute path/],
    [
      'a mount point with a separator of haresources',
      storage({ mount: '/mnt/a::b' }),
      'storage.mount',
      /an absolute path/,
    ],
    ['another device', storage({ device: '/dev/sdb' }), 'storage.device', /drbdN/],
    ['another kind of storage', storage({ kind: 'gfs2' }), 'storage.kind', /the kind 'drbd', 'lun' or 'nfs'/],
    [
      'a LUN with a file system that two nodes may mount',
      { ...good, storage: { kind: 'lun', disk: '/dev/sdb', filesystem: 'xfs' } },
      'storage.filesystem',
      /ext4, which alone refuses a second mount/,
    ],
    [
      'NFS',
      { ...good, storage: { kind: 'nfs', export: 'filer:/export' } },
      'storage.accept',
      /NFS is refused: .* accept: nfs-lets-both-nodes-write/,
    ],
    ['a key in the open', heartbeat({ key: 'correct-horse-battery' }), 'heartbeat.key', /!secret/],
    ['a short key', heartbeat({ key: new Secret('k', 'short') }), 'heartbeat.key', /at least 16/],
    [
      'a key of two words',
      heartbeat({ key: new Secret('k', 'correct horse battery') }),
      'heartbeat.key',
      /without blanks/,
    ],
    ['no ping node', heartbeat({ ping: [] }), 'heartbeat.ping', /one address at least/],
    ['a card that is none', heartbeat({ cards: ['eth1', 'eth2;reboot'] }), 'heartbeat.cards.1', /card/],
    ['a time of words', heartbeat({ deadtime: '10s' }), 'heartbeat.deadtime', /number/],
    ['no word on fencing', { ...good, fencing: undefined }, 'fencing', /has to be said/],
    ['fencing by a word', { ...good, fencing: 'ipmi' }, 'fencing', /\{ kind: stonith, plugin, parameters \}/],
    ['fencing without a plugin', { ...good, fencing: { kind: 'stonith' } }, 'fencing.plugin', /string/],
    [
      'a parameter of two words',
      { ...good, fencing: { kind: 'stonith', plugin: 'external/ipmi', parameters: { userid: 'a b' } } },
      'fencing.parameters.userid',
      /one word/,
    ],
    [
      'a password of two words',
      { ...good, fence: { passwd: new Secret('p', 'a b') } },
      'fence.passwd',
      /one word/,
    ],
    [
      'an unknown application',
      { ...good, application: 'zabbix' },
      'application',
      /nagios, opsview, or an object/,
    ],
  ])('%s', (_, vars, path, message) => {
    const issues = variables.safeParse(vars).error?.issues ?? []
    expect(issues.map((issue) => issue.path.join('.'))).toEqual([path])
    expect(issues[0]?.message).toMatch(message)
  })
})
