import { describe, expect, test } from 'vitest'
import { rejoinedNode } from '../../../lib/cluster/rejoined-node.ts'
import { sandbox } from '../playbooks/sandbox.ts'
import { demandsAgree, drbd, evidenceOf, refusals, type Said } from './said.ts'

const gi = (current: string, bitmap: string) =>
  `${current.padStart(16, '0')}:${bitmap.padStart(16, '0')}:${'0'.repeat(16)}:${'0'.repeat(16)}:1:1:1:0:0:0:0\n`
const VIP = '3: eth1    inet 192.168.56.10/24 brd 192.168.56.255 scope global eth1\n'

describe('a node comes back', () => {
  const guard = rejoinedNode({
    hosts: ['node1', 'node2'],
    node: 'node1',
    vip: '192.168.56.10',
    replicated: { resource: 'r0', minor: 0, disks: { node1: '/dev/sdb', node2: '/dev/vdb' } },
  })
  test('not where it cannot be told at that moment whether it holds the address', () => {
    const agrees = (ip: string) => sandbox({ ip }).run(guard.recheck.text).exitCode === 0
    expect([agrees(':'), agrees('echo 3: eth1 inet'), agrees('exit 1')]).toEqual([true, false, false])
  })

  const usual = { failback: 'off\n', key: 'aa  -\n', heartbeat: 'active\n', parting: '' }
  const node = {
    service: '',
    heartbeat: 'inactive\n',
    generation: gi('AAAA0', '0'),
    replication: drbd('StandAlone', 'Secondary/Unknown', 'Consistent/DUnknown'),
  }
  const active = {
    service: VIP,
    generation: gi('BBBB1', 'AAAA0'),
    replication: drbd('WFConnection', 'Primary/Unknown', 'UpToDate/DUnknown'),
  }

  test('to one that serves from a newer copy, or from the same', () => {
    expect(refusals(guard, usual, node, active)).toEqual([])
    expect(refusals(guard, usual, { ...node, replication: 'version: 8.4.11\n' }, active)).toEqual([])
    expect(refusals(guard, usual, { ...node, replication: '' }, active)).toEqual([])
    const joined = {
      ...active,
      generation: gi('AAAA1', '0'),
      replication: drbd('Connected', 'Primary/Secondary', 'UpToDate/UpToDate'),
    }
    const standby = {
      ...node,
      heartbeat: 'active\n',
      replication: drbd('Connected', 'Secondary/Primary', 'UpToDate/UpToDate'),
    }
    expect(refusals(guard, usual, standby, joined)).toEqual([])
  })

  test('without a DRBD resource, too', () => {
    const files = rejoinedNode({ hosts: ['node1', 'node2'], node: 'node1', vip: '192.168.56.10' })
    expect(refusals(files, usual, { service: '' }, { service: VIP })).toEqual([])
    expect(refusals(files, usual, { service: VIP }, { service: '' })).toEqual([
      'node1: it holds 192.168.56.10: it is the active one, name the other',
      'node2: it does not hold 192.168.56.10: there is no active node to rejoin',
    ])
  })

  test('with old marks of changes, but not by a runbook, which cannot compare', () => {
    const evidence = evidenceOf(
      usual,
      { ...node, generation: gi('AAAA0', 'CCCC0'), parting: 'CCCC0\n' },
      active,
    )
    expect(guard.refuse(evidence, 'node1')).toEqual([])
    expect(demandsAgree(guard, evidence, 'node1')).toBe(false)
  })

  test.each<[string, Said | undefined, Said | undefined, string | RegExp]>([
    [
      'the node is the active one',
      { ...node, service: VIP },
      active,
      'node1: it holds 192.168.56.10: it is the active one, name the other',
    ],
    [
      'the node still uses its copy',
      { ...node, replication: drbd('StandAlone', 'Primary/Unknown', 'UpToDate/DUnknown') },
      active,
      'node1: its role is Primary, not Secondary or Unconfigured',
    ],
    [
      'nobody serves',
      node,
      { ...active, service: '' },
      'node2: it does not hold 192.168.56.10: there is no active node to rejoin',
    ],
    [
      'the active copy is not good',
      node,
      { ...active, replication: drbd('WFConnection', 'Primary/Unknown', 'Inconsistent/DUnknown') },
      'node2: its disk is Inconsistent, not UpToDate',
    ],
    [
      'heartbeat of the active one is stopped',
      node,
      { ...active, heartbeat: 'inactive\n' },
      'node2: heartbeat is inactive',
    ],
    [
      'auto_failback is on',
      { ...node, failback: 'on\n' },
      active,
      /^node1: ha.cf says auto_failback on: the node would take the service/,
    ],
    [
      'auto_failback is not said',
      node,
      { ...active, failback: '' },
      /^node2: ha.cf says auto_failback \(nothing, which is on\)/,
    ],
    [
      'the keys differ',
      { ...node, key: 'bb  -\n' },
      active,
      /^.etc.ha.d.authkeys differs between node1 and node2/,
    ],
    [
      'split brain',
      { ...node, generation: gi('CCCC0', 'AAAA0'), parting: 'AAAA0\n' },
      active,
      /^node1 and node2: .*split brain.*resolve-split-brain/,
    ],
    [
      'the newer copy is here',
      { ...node, generation: gi('CCCC0', 'BBBB0'), parting: 'BBBB0\n' },
      active,
      /^node1: its copy is newer than that of node2/,
    ],
    ['a new machine', { ...node, generation: gi('4', '0') }, active, /replace-node/],
    [
      'no metadata',
      { ...node, generation: { exitCode: 1, stdout: '', stderr: 'none' } },
      active,
      'node1 cannot tell its generation (exit 1: none)',
    ],
    ['the active one is silent', node, undefined, 'node2 did not answer'],
    ['the node is silent', undefined, active, 'node1 did not answer'],
  ])('not where %s', (_, node1, node2, reason) => {
    const reasons = refusals(guard, usual, node1, node2)
    expect(reasons).toContainEqual(typeof reason === 'string' ? reason : expect.stringMatching(reason))
  })
})
