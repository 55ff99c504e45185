import type { Host } from 'runsheet'
import { describe, expect, test } from 'vitest'
import { rules } from '../../../playbooks/parts/rules.mjs'
import type { Variables } from '../../../playbooks/parts/variables.mjs'
import { fencedNodes, lun, nfs, nodes } from './fixture.ts'

function violations(hosts: readonly Host<Variables>[]): string[] {
  return rules
    .flatMap((rule) => rule(hosts))
    .map(({ host, path, message, hint }) =>
      [`${host} ${path.join('.')}: ${message}`, ...(hint ? [hint] : [])].join('; '),
    )
}

test('two nodes that fit break no rule', () => {
  expect(violations(nodes())).toEqual([])
})

test('a cluster has two nodes', () => {
  const [first, second] = nodes()
  expect(violations([first])).toEqual(['node1 : a cluster has exactly two nodes, the inventory gives 1'])
  expect(violations([first, second, { ...second, name: 'node3' }])).toEqual([
    'node1 : a cluster has exactly two nodes, the inventory gives 3',
  ])
})

test('names are lower case', () => {
  const [first, second] = nodes()
  expect(violations([first, { ...second, name: 'Node2' }])).toEqual([
    'Node2 : the name Node2 is not lower case, as heartbeat needs it',
  ])
})

const both = (change: (vars: Variables) => void) => (vars: Variables) => change(vars)
const second = (change: (vars: Variables) => void) => (vars: Variables, number: 1 | 2) => {
  if (number === 2) change(vars)
}

describe('a violation names the variable at fault', () => {
  test.each<[string, (vars: Variables, number: 1 | 2) => void, string[]]>([
    [
      'a full domain name as home',
      both((vars) => {
        vars.home = 'node1.example.com'
      }),
      [
        "node1 home: home is 'node1.example.com', which is no node of this cluster (node1, node2); " +
          "a full domain name is not the same to heartbeat: write what 'uname -n' says, node1",
      ],
    ],
    [
      'a home elsewhere',
      both((vars) => {
        vars.home = 'db1'
      }),
      ["node1 home: home is 'db1', which is no node of this cluster (node1, node2)"],
    ],
    [
      'two opinions',
      second((vars) => {
        vars.vip.card = 'eth2'
      }),
      ['node2 vip: vip differs from that of node1; give it to the group'],
    ],
    [
      'a node outside the network',
      second((vars) => {
        vars.address = '192.168.66.12'
      }),
      ["node2 address: 192.168.66.12 is not in the VIP's subnet 192.168.56.0/24"],
    ],
    [
      'one address for both',
      second((vars) => {
        vars.address = '192.168.56.11'
      }),
      ['node2 address: 192.168.56.11 is also the address of node1'],
    ],
    [
      "a node's address as VIP",
      both((vars) => {
        vars.vip.address = '192.168.56.12'
      }),
      ['node1 vip.address: the VIP 192.168.56.12 is the own address of node2'],
    ],
    [
      'the network as VIP',
      both((vars) => {
        vars.vip.address = '192.168.56.0'
      }),
      ['node1 vip.address: the VIP 192.168.56.0 is the address of the network itself'],
    ],
    [
      'the broadcast address as VIP',
      both((vars) => {
        vars.vip.address = '192.168.56.255'
      }),
      ['node1 vip.address: the VIP 192.168.56.255 is the broadcast address of its network'],
    ],
    [
      'one replication address for both',
      second((vars) => {
        vars.replication_address = '192.168.57.11'
      }),
      ['node2 replication_address: 192.168.57.11 is also the replication_address of node1'],
    ],
    [
      'replication across networks',
      second((vars) => {
        vars.replication_address = '192.168.58.12'
      }),
      ["node2 replication_address: 192.168.58.12 is not in the subnet of node1's 192.168.57.11"],
    ],
    [
      'one card named twice',
      both((vars) => {
        vars.heartbeat.cards = ['eth1', 'eth1']
      }),
      [
        'node1 heartbeat.cards: heartbeat needs two different cards at least: with one, a single cut makes both nodes active',
      ],
    ],
    [
      'the VIP as ping node',
      both((vars) => {
        vars.heartbeat.ping = ['192.168.56.10']
      }),
      ['node1 heartbeat.ping: 192.168.56.10 is of the cluster itself, to reach it proves nothing'],
    ],
    [
      'a deadtime too short',
      both((vars) => {
        vars.heartbeat.keepalive = 5
      }),
      ['node1 heartbeat.deadtime: deadtime 10 must be more than twice keepalive 5'],
    ],
    [
      'a warning after death',
      both((vars) => {
        vars.heartbeat.warntime = 10
      }),
      ['node1 heartbeat.warntime: warntime 10 must be less than deadtime 10'],
    ],
    [
      'no patience at boot',
      both((vars) => {
        vars.heartbeat.initdead = 9
      }),
      ['node1 heartbeat.initdead: initdead 9 must not be less than deadtime 10'],
    ],
  ])('%s', (_, change, expected) => {
    expect(violations(nodes(change))).toEqual(expected)
  })
})

test('two nodes with a LUN and a BMC each break no rule', () => {
  expect(violations(fencedNodes())).toEqual([])
})

describe('fencing', () => {
  const stonith = (plugin: string, parameters = {}) => ({ kind: 'stonith' as const, plugin, parameters })

  test.each<[string, (vars: Variables, number: 1 | 2) => void, string[]]>([
    [
      'none, with a LUN',
      (vars) => {
        vars.storage = lun
      },
      [
        'node1 fencing: storage of the kind lun needs fencing: of two nodes that do not hear each other both would write ' +
          'to one file system, and nothing of it would be left to choose from',
      ],
    ],
    [
      'none, with NFS',
      (vars) => {
        vars.storage = nfs
      },
      [expect.stringMatching(/^node1 fencing: storage of the kind nfs needs fencing/)],
    ],
    [
      'none, with a device for a node',
      (vars, number) => {
        if (number === 2) vars.fence = { hostname: 'node2' }
      },
      ['node2 fence: there is no device for node2: fencing is none'],
    ],
    [
      'by a node that has to help',
      (vars) => {
        vars.fencing = stonith('external/ssh', { hostlist: 'node1,node2' })
      },
      ['node1', 'node2'].map(
        (name) =>
          `${name} fencing.parameters: the device that resets ${name}: external/ssh cannot reset a node that hangs: ` +
          "it needs that node's help",
      ),
    ],
    [
      'without all parameters',
      (vars, number) => {
        vars.fencing = stonith('external/ipmi', { userid: 'admin', passwd: 'x', interface: 'lan' })
        vars.fence = { hostname: `node${number}`, ...(number === 1 && { ipaddr: '192.0.2.21' }) }
      },
      ['node2 fencing.parameters: the device that resets node2: external/ipmi needs ipaddr'],
    ],
    [
      'with an unknown parameter',
      (vars) => {
        vars.fencing = stonith('external/lab', { switch: '10.0.2.100:623', port: 1 })
      },
      ['node1', 'node2'].map(
        (name) =>
          `${name} fencing.parameters: the device that resets ${name}: external/lab does not know port`,
      ),
    ],
    [
      'of the wrong node',
      (vars) => {
        vars.fencing = stonith('external/libvirt', {
          hostlist: 'node1:domain1,node20:domain2',
          hypervisor_uri: 'qemu+tls://hypervisor/system',
          reboot_method: 'power_cycle',
        })
      },
      [
        'node2 fencing.parameters: the device that resets node2: hostlist is node1:domain1,node20:domain2, which does ' +
          'not name node2',
      ],
    ],
    [
      'by a plugin that is not known here, without parameters',
      (vars) => {
        vars.fencing = stonith('external/ours')
      },
      ['node1', 'node2'].map(
        (name) =>
          `${name} fencing.parameters: the device that resets ${name}: external/ours needs its parameters, see ` +
          'stonith -t external/ours -n',
      ),
    ],
  ])('%s', (_, change, expected) => {
    expect(violations(nodes(change))).toEqual(expected)
  })
})
