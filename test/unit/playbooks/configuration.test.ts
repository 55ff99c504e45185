import { describe, expect, test } from 'vitest'
import { clusterOf } from '../../../playbooks/parts/cluster.mjs'
import { databaseSettings } from '../../../playbooks/parts/database/shared-disk.mjs'
import { stonithConf } from '../../../playbooks/parts/fencing/index.mjs'
import { haCf, haresources, key } from '../../../playbooks/parts/heartbeat.mjs'
import { endsForSure } from '../../../playbooks/parts/heartbeat-stop.mjs'
import { startsAgain, startsWhenMissed } from '../../../playbooks/parts/heartbeat-unit.mjs'
import { drbdResource } from '../../../playbooks/parts/storage/drbd-resource.mjs'
import { fencedNodes, nodes, storage } from './fixture.ts'

const cluster = clusterOf(nodes())

/** What a daemon sees of a file. */
function effective(text: { reveal: () => string }): string[] {
  return text
    .reveal()
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('#'))
}

test('heartbeat that has ended in good order is started again, and one that was killed is not', () => {
  const settings = startsAgain().find(({ id }) => id.endsWith('/heartbeat.service.d/again.conf'))
  expect(effective(settings?.text?.desired ?? expect.fail())).toEqual([
    '[Service]',
    'Restart=on-success',
    'RestartSec=2',
  ])
})

test('heartbeat waits after a boot until the peer must have missed the node', () => {
  const { text } = startsWhenMissed({ deadtime: 10 })
  expect(effective(text?.desired ?? expect.fail())).toEqual([
    '[Service]',
    'TimeoutStartSec=0',
    `ExecStartPre=/bin/sh -c 'until [ "$$(cut -d. -f1 /proc/uptime)" -gt 15 ]; do sleep 1; done'`,
  ])
})

test('systemd stops heartbeat by a script of ours, in place of the order that one that waits would put off', () => {
  const [node] = nodes()
  const settings = endsForSure(node.vars).find(({ id }) => id.endsWith('/heartbeat.service.d/stop.conf'))
  expect(effective(settings?.text?.desired ?? expect.fail())).toEqual([
    '[Service]',
    'ExecStop=',
    'ExecStop=/bin/sh /etc/ha.d/stop',
  ])
})

test('ha.cf', () => {
  expect(effective(haCf(cluster))).toEqual([
    'logfacility daemon',
    'udpport 694',
    'bcast eth1 eth2',
    'keepalive 1',
    'warntime 5',
    'deadtime 10',
    'initdead 120',
    'auto_failback off',
    'node node1',
    'node node2',
    'apiauth dopd uid=root',
    'respawn root /usr/libexec/heartbeat/dopd',
    'deadping 15',
    'ping 192.168.56.1',
    'respawn hacluster /usr/libexec/heartbeat/ipfail',
    'respawn root /etc/ha.d/watch 192.168.56.10 mariadb nagios4 apache2',
  ])
})

test('haresources: the storage first, the address last', () => {
  expect(effective(haresources(cluster))).toEqual([
    'node1 drbddisk::r0 Filesystem::/dev/drbd0::/mnt/shared::ext4 unit::mariadb unit::nagios4 unit::apache2 ' +
      'IPaddr2::192.168.56.10/24/eth1',
  ])
})

describe('a pair with a LUN and a BMC for each node', () => {
  const both = fencedNodes()
  const [first, second] = both
  const fenced = clusterOf(both)

  test('has the disk first, and no DRBD', () => {
    expect(effective(haresources(fenced))).toEqual([
      'node1 Filesystem::/dev/disk/by-id/virtio-shared::/mnt/shared::ext4 unit::mariadb unit::nagios4 ' +
        'unit::apache2 IPaddr2::192.168.56.10/24/eth1',
    ])
    expect(fenced.packages).not.toContain('drbd-utils')
  })

  test('names the device in ha.cf, which is equal on both and readable by all, without its parameters', () => {
    expect(effective(haCf(fenced))).toContain('stonith external/stand-back /etc/ha.d/stonith.conf')
    expect(haCf(fenced).reveal()).not.toMatch(/battery-staple|admin|192\.0\.2/)
  })

  test('lets a node that boots wait for its peer, since it may be the one that was fenced', () => {
    expect(effective(haCf(fenced))).toContain('initdead 1728000')
  })

  test('each node has the device of the other, its parameters in the order of the plugin', () => {
    const { fencing } = first.vars
    if (fencing === 'none') throw new TypeError()
    expect(effective(stonithConf(fencing, second))).toEqual(['node2 192.0.2.22 admin battery-staple lanplus'])
    expect(`${stonithConf(fencing, second)}`).toContain(
      'node2 192.0.2.22 admin [secret bmc.password] lanplus',
    )
    const tasks = fenced.components.flatMap(({ configuration }) => configuration?.(fenced, first) ?? [])
    expect(tasks[0]?.text?.desired.reveal()).toContain('exec /usr/lib/stonith/plugins/external/ipmi "$@"')
    const task = tasks[1]
    expect(task).toMatchObject({ id: '/etc/ha.d/stonith.conf', expect: { mode: '0600', owner: 'root' } })
    expect(task?.text?.desired.reveal()).toContain('node2 192.0.2.22')
  })
})

test('authkeys has a mode that heartbeat accepts, and prints without the key', () => {
  const { expect: wish, text } = key(cluster)
  expect(wish).toMatchObject({ mode: '0600', owner: 'root' })
  expect(text?.desired.reveal()).toBe('auth 1\n1 sha1 correct-horse-battery\n')
  expect(`${text?.desired}`).toBe('auth 1\n1 sha1 [secret heartbeat.key]\n')
})

test('the DRBD resource, with a disk for each node', () => {
  const both = nodes((vars, number) => {
    vars.disk = `/dev/disk/by-id/disk${number}`
  })
  expect(effective(drbdResource(storage, both)).map((line) => line.trim())).toEqual([
    'resource r0 {',
    'device    /dev/drbd0;',
    'meta-disk internal;',
    'net {',
    'protocol C;',
    'after-sb-0pri discard-zero-changes;',
    'after-sb-1pri consensus;',
    'after-sb-2pri disconnect;',
    '}',
    'disk {',
    'on-io-error detach;',
    'c-min-rate 4M;',
    'fencing resource-only;',
    '}',
    'handlers {',
    'fence-peer "/etc/ha.d/outdate-peer";',
    'after-resync-target "/etc/ha.d/end-of-copy";',
    '}',
    'startup {',
    'degr-wfc-timeout     120;',
    'outdated-wfc-timeout 60;',
    '}',
    'on node1 {',
    'disk    /dev/disk/by-id/disk1;',
    'address 192.168.57.11:7789;',
    '}',
    'on node2 {',
    'disk    /dev/disk/by-id/disk2;',
    'address 192.168.57.12:7789;',
    '}',
    '}',
  ])
})

describe('DRBD beside fencing', () => {
  const mirrored = (plugin: string) => {
    const both = fencedNodes()
    for (const { vars } of both) {
      vars.storage = storage
      if (vars.fencing !== 'none') vars.fencing.plugin = plugin
    }
    const { components } = clusterOf(both)
    const tasks = components.flatMap(({ configuration }) => configuration?.(clusterOf(both), both[0]) ?? [])
    const written = (path: string) =>
      effective(tasks.find(({ id }) => id === path)?.text?.desired ?? expect.fail())
    return {
      policy: effective(drbdResource(storage, both)).filter((line) => line.includes('fencing ')),
      written,
    }
  }

  test.each([
    ['external/ipmi', 'external/stand-back'],
    ['rps10', 'rps10'],
  ])('holds what a node writes that lost its peer, until %s has reset that one', (plugin, asked) => {
    const { policy, written } = mirrored(plugin)
    expect(policy).toEqual(['    fencing resource-and-stonith;'])
    expect(written('/etc/ha.d/outdate-peer')).toContainEqual(
      expect.stringContaining(`reset='stonith -t ${asked} -F /etc/ha.d/stonith.conf -T reset'`),
    )
  })
})

test('nothing promotes DRBD but heartbeat', () => {
  expect(drbdResource(storage, nodes()).reveal()).not.toMatch(/become-primary-on|allow-two-primaries/)
})

test('MariaDB has its data on the shared storage', () => {
  expect(effective(databaseSettings(storage, []))).toEqual([
    '[mysqld]',
    'datadir = /mnt/shared/mysql',
    'innodb_flush_log_at_trx_commit = 1',
    'sync_binlog = 1',
  ])
})
