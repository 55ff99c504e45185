import { describe, expect, test } from 'vitest'
import { emptyDisk } from '../../../lib/cluster/empty-disk.ts'
import { firstSync } from '../../../lib/cluster/first-sync.ts'
import { newFileSystem } from '../../../lib/cluster/new-file-system.ts'
import { promotion } from '../../../lib/cluster/promotion.ts'
import type { Answer } from '../../../lib/resource/contract.ts'
import { drbd, refusals, type Said } from './said.ts'

const replicated = { resource: 'r0', minor: 0, disks: { node1: '/dev/sdb', node2: '/dev/vdb' } }
const NONE = 'No valid meta data found\n'
const NEW = '0000000000000004:0000000000000000:0000000000000000:0000000000000000:0:0:0:1:0:1:0\n'
const DATA = '6F9143DC61E2377B:0000000000000000:242F3937D2A987CA:0000000000000004:1:1:1:1:0:0:0\n'
const broken: Answer = { exitCode: 127, stdout: '', stderr: 'sh: 1: wipefs: not found' }

describe('create-md', () => {
  const guard = emptyDisk(replicated)
  const usual = { disk: '', generation: NONE }

  test('is let through on two empty disks, and beside a peer that is a step ahead', () => {
    expect(refusals(guard, usual, {}, {})).toEqual([])
    expect(refusals(guard, usual, {}, { disk: 'holds drbd\n', generation: NEW })).toEqual([])
  })

  test.each<[string, Said | undefined, Said | undefined, string[]]>([
    ['a file system', { disk: 'holds ext4\n' }, {}, ['node1: /dev/sdb holds ext4']],
    [
      'partitions',
      { disk: 'holds gpt\nholds PMBR\n' },
      {},
      ['node1: /dev/sdb holds gpt', 'node1: /dev/sdb holds PMBR'],
    ],
    [
      'unknown data',
      { disk: 'holds data of no known kind\n' },
      {},
      ['node1: /dev/sdb holds data of no known kind'],
    ],
    ['a mounted disk', { disk: 'mounted /srv\n' }, {}, ['node1: /dev/sdb is mounted on /srv']],
    ['a disk below LVM', { disk: 'used by dm-0\n' }, {}, ['node1: /dev/sdb is used by dm-0']],
    ['metadata', { generation: NEW }, {}, ['node1: the disk already has DRBD metadata']],
    [
      'a peer with data',
      {},
      { generation: DATA },
      ['node2: its copy holds data already: this is the replacement of a node, not a new pair'],
    ],
    [
      'a peer that is not understood',
      {},
      { generation: 'drbdadm: unknown\n' },
      ['node2: what drbdadm says of its metadata is not understood'],
    ],
    ['a peer that did not answer', {}, undefined, ['node2 did not answer']],
    [
      'a question that failed',
      {},
      { generation: { exitCode: 1, stdout: NONE, stderr: '' } },
      ['node2 cannot tell its generation (exit 1: No valid meta data found)'],
    ],
    [
      'a missing tool',
      { disk: broken },
      {},
      ['node1 cannot tell its disk (exit 127: sh: 1: wipefs: not found)'],
    ],
  ])('is refused: %s', (_, node1, node2, reasons) => {
    expect(refusals(guard, usual, node1, node2)).toEqual(reasons)
  })

  test('judges each node by its own disk', () => {
    expect(refusals(guard, usual, { disk: 'holds ext4\n' }, {}, 'node2')).toEqual([])
    expect(refusals(guard, usual, {}, { disk: 'holds xfs\n' }, 'node2')).toEqual([
      'node2: /dev/vdb holds xfs',
    ])
  })
})

describe('the first copy', () => {
  const guard = firstSync(replicated)
  const usual = {
    replication: drbd('Connected', 'Secondary/Secondary', 'Inconsistent/Inconsistent'),
    generation: NEW,
    heartbeat: 'inactive\n',
  }

  test('is let through where both copies are new', () => {
    expect(refusals(guard, usual, {}, {})).toEqual([])
    expect(refusals(guard, usual, { heartbeat: 'failed\n' }, {})).toEqual([])
  })

  test.each<[string, Said | undefined, Said | undefined, string]>([
    [
      'not connected',
      { replication: drbd('WFConnection', 'Secondary/Unknown', 'Inconsistent/DUnknown') },
      {},
      'node1: its connection is WFConnection, not Connected',
    ],
    [
      'a peer with good data',
      {},
      { replication: drbd('Connected', 'Secondary/Secondary', 'UpToDate/Inconsistent') },
      'node2: its disk is UpToDate, not Inconsistent',
    ],
    [
      'a peer that writes, as seen from here',
      { replication: drbd('Connected', 'Secondary/Primary', 'Inconsistent/Inconsistent') },
      {},
      "node1: its peer's role is Primary, not Secondary",
    ],
    [
      'a peer with good data, as seen from here',
      { replication: drbd('Connected', 'Secondary/Secondary', 'Inconsistent/UpToDate') },
      {},
      "node1: its peer's disk is UpToDate, not Inconsistent",
    ],
    [
      'a peer that writes',
      {},
      { replication: drbd('Connected', 'Primary/Secondary', 'Inconsistent/Inconsistent') },
      'node2: its role is Primary, not Secondary',
    ],
    ['a generation on the peer', {}, { generation: DATA }, 'node2: its copy holds data already'],
    ['a generation here', { generation: DATA }, {}, 'node1: its copy holds data already'],
    [
      'no metadata',
      { generation: NONE },
      {},
      'node1: what drbdadm says of its metadata is no proof that it is new',
    ],
    ['heartbeat on the peer', {}, { heartbeat: 'active\n' }, 'node2: heartbeat is active'],
    ['heartbeat that stops', { heartbeat: 'deactivating\n' }, {}, 'node1: heartbeat is deactivating'],
    ['heartbeat unknown', { heartbeat: '' }, {}, 'node1: heartbeat is in an unknown state'],
    ['DRBD not up', { replication: 'version: 8.4.11\n' }, {}, 'node1: /proc/drbd does not show device 0'],
    ['a silent peer', {}, undefined, 'node2 did not answer'],
  ])('is refused: %s', (_, node1, node2, reason) => {
    expect(refusals(guard, usual, node1, node2)).toContain(reason)
  })
})

describe('a promotion by hand', () => {
  const guard = promotion(replicated)
  const usual = {
    replication: drbd('Connected', 'Secondary/Secondary', 'UpToDate/UpToDate'),
    heartbeat: 'inactive\n',
  }

  test('is let through with a good copy, also while the peer still receives it', () => {
    const syncing = drbd('SyncSource', 'Secondary/Secondary', 'UpToDate/Inconsistent')
    expect(refusals(guard, usual, {}, {})).toEqual([])
    expect(refusals(guard, usual, { replication: syncing }, {})).toEqual([])
  })

  test.each<[string, Said | undefined, Said | undefined, string]>([
    [
      'a copy that is being received',
      { replication: drbd('SyncTarget', 'Secondary/Secondary', 'Inconsistent/UpToDate') },
      {},
      'node1: its disk is Inconsistent, not UpToDate',
    ],
    [
      'a peer out of sight',
      { replication: drbd('WFConnection', 'Secondary/Unknown', 'UpToDate/DUnknown') },
      {},
      "node1: its peer's role is Unknown, not Secondary",
    ],
    [
      'a copy that is still written',
      { replication: drbd('SyncTarget', 'Secondary/Secondary', 'UpToDate/UpToDate') },
      {},
      'node1: its connection is SyncTarget, not Connected or SyncSource',
    ],
    [
      'a copy that is in use here',
      { replication: drbd('Connected', 'Primary/Secondary', 'UpToDate/UpToDate') },
      {},
      'node1: its role is Primary, not Secondary',
    ],
    [
      'a peer that says it is primary',
      {},
      { replication: drbd('Connected', 'Primary/Secondary', 'UpToDate/UpToDate') },
      'node2: its role is Primary, not Secondary',
    ],
    ['heartbeat on the peer', {}, { heartbeat: 'active\n' }, 'node2: heartbeat is active'],
  ])('is refused: %s', (_, node1, node2, reason) => {
    expect(refusals(guard, usual, node1, node2)).toContain(reason)
  })
})

describe('mkfs', () => {
  const guard = newFileSystem(replicated)
  const usual = {
    replication: drbd('SyncSource', 'Primary/Secondary', 'UpToDate/Inconsistent'),
    disk: 'holds drbd\nused by drbd0\n',
    heartbeat: 'inactive\n',
  }

  test('is let through where both disks show nothing but DRBD', () => {
    expect(refusals(guard, usual, {}, {})).toEqual([])
  })

  test.each<[string, Said | undefined, Said | undefined, string]>([
    ['a file system here', { disk: 'holds ext4\nholds drbd\n' }, {}, 'node1: its disk holds ext4'],
    ['a file system on the peer', {}, { disk: 'holds xfs\nholds drbd\n' }, 'node2: its disk holds xfs'],
    [
      'the device of another',
      {},
      { disk: 'holds drbd\nused by drbd1\n' },
      'node2: its disk is used by drbd1',
    ],
    ['no metadata', {}, { disk: '' }, 'node2: its disk does not show the metadata of DRBD'],
    [
      'a secondary',
      { replication: drbd('Connected', 'Secondary/Secondary', 'UpToDate/UpToDate') },
      {},
      'node1: its role is Secondary, not Primary',
    ],
    [
      'a peer that is primary, too',
      { replication: drbd('Connected', 'Primary/Primary', 'UpToDate/UpToDate') },
      {},
      "node1: its peer's role is Primary, not Secondary",
    ],
    [
      'a copy that is no good',
      { replication: drbd('Connected', 'Primary/Secondary', 'Inconsistent/UpToDate') },
      {},
      'node1: its disk is Inconsistent, not UpToDate',
    ],
    [
      'a peer out of sight',
      { replication: drbd('WFConnection', 'Primary/Unknown', 'UpToDate/DUnknown') },
      {},
      'node1: its connection is WFConnection, not Connected or SyncSource',
    ],
    ['heartbeat', {}, { heartbeat: 'active\n' }, 'node2: heartbeat is active'],
    ['a silent peer', {}, undefined, 'node2 did not answer'],
  ])('is refused: %s', (_, node1, node2, reason) => {
    expect(refusals(guard, usual, node1, node2)).toContain(reason)
  })
})
