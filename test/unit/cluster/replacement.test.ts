import { describe, expect, test } from 'vitest'
import { replacedDisk } from '../../../lib/cluster/replacement.ts'
import { demandsAgree, drbd, evidenceOf, refusals, type Said } from './said.ts'

const NONE = 'No valid meta data found\n'
const NEW = '0000000000000004:0000000000000000:0000000000000000:0000000000000000:0:0:0:1:0:1:0\n'
const DATA = '6F9143DC61E2377B:0000000000000000:242F3937D2A987CA:0000000000000004:1:1:1:1:0:0:0\n'

describe('create-md in the place of a dead node', () => {
  const guard = replacedDisk(
    { resource: 'r0', minor: 0, disks: { node1: '/dev/sdb', node2: '/dev/vdb' } },
    'node2',
  )
  const usual = { size: '268435456\n' }
  const alone = (connection: string, roles = 'Primary/Unknown', disks = 'UpToDate/DUnknown') => ({
    replication: drbd(connection, roles, disks),
  })
  const survivor = { disk: 'holds drbd\n', generation: DATA, heartbeat: 'active\n', ...alone('WFConnection') }
  const newcomer = {
    disk: '',
    generation: NONE,
    heartbeat: 'inactive\n',
    replication: { exitCode: 1, stdout: '', stderr: 'no such file' },
  }

  test('is let through on an empty disk beside a survivor that serves alone', () => {
    expect(refusals(guard, usual, survivor, newcomer, 'node2')).toEqual([])
    expect(refusals(guard, usual, { ...survivor, ...alone('StandAlone') }, newcomer, 'node2')).toEqual([])
  })

  test('is let through on a larger disk, but not by a runbook, which compares for equality', () => {
    const evidence = evidenceOf(usual, survivor, { ...newcomer, size: '536870912\n' })
    expect(guard.refuse(evidence, 'node2')).toEqual([])
    expect(demandsAgree(guard, evidence, 'node2')).toBe(false)
  })

  test.each<[string, Said | undefined, Said | undefined, string]>([
    [
      'a disk with a file system',
      survivor,
      { ...newcomer, disk: 'holds ext4\n' },
      'node2: /dev/vdb holds ext4',
    ],
    [
      'a disk in use',
      survivor,
      { ...newcomer, disk: 'mounted /srv\n' },
      'node2: /dev/vdb is mounted on /srv',
    ],
    [
      'a disk of the old machine',
      survivor,
      { ...newcomer, disk: 'holds drbd\n', generation: DATA },
      'node2: the disk already has DRBD metadata',
    ],
    [
      'a smaller disk',
      survivor,
      { ...newcomer, size: '4096\n' },
      'node1: its disk has 268435456 bytes, that of node2 only 4096',
    ],
    [
      'a disk of unknown size',
      survivor,
      { ...newcomer, size: { exitCode: 1, stdout: '', stderr: 'no' } },
      'node2 cannot tell its size (exit 1: no)',
    ],
    [
      'a disk whose size is not told',
      survivor,
      { ...newcomer, size: '' },
      "node2: the size of its disk is not understood: ''",
    ],
    [
      'a survivor whose size is not told',
      { ...survivor, size: '\n' },
      newcomer,
      "node1: the size of its disk is not understood: ''",
    ],
    [
      'sizes that neither tells',
      { ...survivor, size: '' },
      { ...newcomer, size: '' },
      "node1: the size of its disk is not understood: ''",
    ],
    [
      'a newcomer whose heartbeat runs',
      survivor,
      { ...newcomer, heartbeat: 'active\n' },
      'node2: heartbeat is active',
    ],
    [
      'a survivor that does not serve',
      { ...survivor, ...alone('WFConnection', 'Secondary/Unknown') },
      newcomer,
      'node1: its role is Secondary, not Primary',
    ],
    [
      'a survivor without a good copy',
      { ...survivor, ...alone('WFConnection', 'Primary/Unknown', 'Inconsistent/DUnknown') },
      newcomer,
      'node1: its disk is Inconsistent, not UpToDate',
    ],
    [
      'a survivor that is connected to another',
      { ...survivor, ...alone('Connected', 'Primary/Secondary', 'UpToDate/UpToDate') },
      newcomer,
      'node1: its connection is Connected, not WFConnection or StandAlone',
    ],
    [
      'a survivor without data',
      { ...survivor, generation: NEW },
      newcomer,
      'node1: its copy holds no data, so there is nothing to replace a node from',
    ],
    [
      'a survivor whose heartbeat is stopped',
      { ...survivor, heartbeat: 'inactive\n' },
      newcomer,
      'node1: heartbeat is inactive',
    ],
    ['a silent survivor', undefined, newcomer, 'node1 did not answer'],
    ['a silent newcomer', survivor, undefined, 'node2 did not answer'],
  ])('is refused: %s', (_, node1, node2, reason) => {
    expect(refusals(guard, usual, node1, node2, 'node2')).toContain(reason)
  })
})
