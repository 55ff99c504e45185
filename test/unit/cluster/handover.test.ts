import { describe, expect, test } from 'vitest'
import { allOf } from '../../../lib/cluster/all-of.ts'
import { diskHandover, handover } from '../../../lib/cluster/handover.ts'
import type { Answer } from '../../../lib/resource/contract.ts'
import { sandbox } from '../playbooks/sandbox.ts'
import { drbd, refusals, type Said } from './said.ts'

const direction = {
  from: 'node2',
  to: 'node1',
  address: '192.168.56.10',
  unfinished: ['/run/paused', '/etc'],
}
const HELD = '3: eth1    inet 192.168.56.10/24 brd 192.168.56.255 scope global secondary eth1:0\n'
const failed: Answer = { exitCode: 1, stdout: '', stderr: 'Cannot signon with heartbeat' }

describe('an order to heartbeat to move the service', () => {
  const guard = handover(direction)
  const usual = { heartbeat: 'active\n', membership: 'active\n', resources: 'none\n', unfinished: '' }
  const standby = { address: '' }
  const active = { address: HELD, resources: 'all\n' }

  test('is given where both hear each other and one of them has all of it', () => {
    expect(refusals(guard, usual, standby, active)).toEqual([])
    expect(refusals(guard, usual, standby, { ...active, resources: 'local\n' })).toEqual([])
  })

  test.each<[string, Said | undefined, Said | undefined, RegExp]>([
    ['the active node is silent', standby, undefined, /^node2 did not answer/],
    ['the target is silent', undefined, active, /^node1 did not answer/],
    [
      'heartbeat is stopped on the target',
      { ...standby, heartbeat: 'inactive\n' },
      active,
      /^node1: heartbeat is 'inactive'/,
    ],
    [
      'heartbeat was killed where the service runs',
      standby,
      { ...active, heartbeat: 'failed\n' },
      /^node2: heartbeat is 'failed'/,
    ],
    [
      'the active node does not hear the target',
      standby,
      { ...active, membership: 'dead\n' },
      /^node2: to its heartbeat the other node is 'dead'/,
    ],
    [
      'the target does not hear the active node',
      { ...standby, membership: 'dead\n' },
      active,
      /^node1: to its heartbeat/,
    ],
    [
      'nobody can tell',
      { ...standby, membership: failed },
      active,
      /^node1 cannot tell its membership \(exit 1: Cannot signon/,
    ],
    ['something moves already', standby, { ...active, resources: 'transition\n' }, /^node2: .*'transition'/],
    [
      'a restore is at work where the service is',
      standby,
      { ...active, unfinished: '/run/paused\n/var/lib/half\n' },
      /^node2: a restore is at work there or has failed \(\/run\/paused, \/var\/lib\/half\); run restore\.mjs again/,
    ],
    [
      'one has failed on the target',
      { ...standby, unfinished: '/run/paused\n' },
      active,
      /^node1: a restore/,
    ],
    ['nobody has the service', standby, standby, /^node2: it does not hold 192\.168\.56\.10$/],
    ['both have it', active, active, /^node1: it holds 192\.168\.56\.10 already$/],
  ])('is refused: %s', (_, node1, node2, reason) => {
    expect(refusals(guard, usual, node1, node2).join()).toMatch(reason)
  })
})

test('a node tells which files of an unfinished restore it has, and looks for them once more', () => {
  const node = sandbox({ cl_status: 'echo active' })
  const asked = (unfinished: string[]) => {
    const { ask, recheck } = handover({ ...direction, unfinished })
    return [node.run(ask.unfinished?.text ?? '').stdout, node.run(recheck.text).exitCode]
  }
  expect(asked(['/nowhere', node.folder])).toEqual([`${node.folder}\n`, 1])
  expect(asked(['/nowhere'])).toEqual(['', 0])
})

describe('the handover of a mirrored disk', () => {
  const guard = diskHandover(direction, 0)
  const disk = (connection: string, roles: string, disks: string) => ({
    replication: drbd(connection, roles, disks),
  })
  const standby = disk('Connected', 'Secondary/Primary', 'UpToDate/UpToDate')
  const active = disk('Connected', 'Primary/Secondary', 'UpToDate/UpToDate')

  test('is right between two good copies that are connected', () => {
    expect(refusals(guard, {}, standby, active)).toEqual([])
  })

  test.each<[string, Said | undefined, Said | undefined, RegExp]>([
    ['the active node is silent', standby, undefined, /^node2 did not answer/],
    [
      'not connected',
      disk('WFConnection', 'Secondary/Unknown', 'UpToDate/DUnknown'),
      disk('WFConnection', 'Primary/Unknown', 'UpToDate/DUnknown'),
      /^node2: its connection is WFConnection/,
    ],
    [
      'after a split brain',
      disk('StandAlone', 'Secondary/Unknown', 'UpToDate/DUnknown'),
      active,
      /^node1: its connection is StandAlone/,
    ],
    [
      'the copy is still running',
      disk('SyncTarget', 'Secondary/Primary', 'Inconsistent/UpToDate'),
      disk('SyncSource', 'Primary/Secondary', 'UpToDate/Inconsistent'),
      /its disk is Inconsistent/,
    ],
    [
      'the copy is Outdated',
      disk('Connected', 'Secondary/Primary', 'Outdated/UpToDate'),
      active,
      /its disk is Outdated/,
    ],
    [
      'the disk is lost',
      disk('Connected', 'Secondary/Primary', 'Diskless/UpToDate'),
      active,
      /its disk is Diskless/,
    ],
    [
      'the active node works without a disk',
      standby,
      disk('Connected', 'Primary/Secondary', 'Diskless/UpToDate'),
      /^node2: its disk is Diskless/,
    ],
    ['both are Primary', active, active, /^node1: its role is Primary/],
    [
      'DRBD is not up',
      { replication: 'version: 8.4.11\n' },
      active,
      /^\/proc\/drbd does not show|^node1: \/proc\/drbd does not show/,
    ],
  ])('is refused: %s', (_, node1, node2, reason) => {
    expect(refusals(guard, {}, node1, node2).join()).toMatch(reason)
  })
})

describe('all guards of a cluster', () => {
  const both = allOf(handover(direction), diskHandover(direction, 0))

  test('ask and demand what each of them does', () => {
    expect(both.hosts).toEqual(['node2', 'node1'])
    expect(Object.keys(both.ask)).toEqual(
      'heartbeat membership resources address unfinished replication'.split(' '),
    )
    expect(both.demands).toHaveLength(8)
    expect(both.refuse(new Map(), 'node1').join()).toMatch(/node1 did not answer/)
    expect(both.recheck.text).toContain('cl_status nodestatus node2')
    expect(both.recheck.text).toContain('/proc/drbd')
  })

  test('are left to the engine where one has no demands', () => {
    const { demands: _, ...silent } = diskHandover(direction, 0)
    expect(allOf(handover(direction), silent).demands).toBeUndefined()
  })
})
