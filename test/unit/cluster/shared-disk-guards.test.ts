import { describe, expect, test } from 'vitest'
import { guardOf } from '../../../lib/cluster/guard-part.ts'
import { newSharedFileSystem, sharedDiskMark } from '../../../lib/cluster/shared-disk.ts'
import { idleMount, seenDisk, soleMount } from '../../../lib/cluster/shared-mount.ts'
import type { Answer } from '../../../lib/resource/contract.ts'
import { raw } from '../../../lib/shell/sh.ts'
import { refusals, type Said } from './said.ts'

type Row = [string, Said | undefined, Said | undefined, string[]]

const hosts = ['node1', 'node2']
const disk = '/dev/disk/by-id/wwn-1'
const missing: Answer = { exitCode: 1, stdout: '', stderr: `${disk} is no block device` }
const stopped = { heartbeat: 'inactive\n' }

describe('the mark of a shared disk', () => {
  const guard = sharedDiskMark({ hosts, disk })
  const usual = { identity: 'size 524288\nID_SERIAL shared\n', disk: '', ...stopped }

  test('is let through on one empty disk', () => {
    expect(refusals(guard, usual, {}, {})).toEqual([])
  })

  test.each<Row>([
    [
      'another serial',
      {},
      { identity: 'size 524288\nID_SERIAL other\n' },
      [`node1 and node2: ${disk} is another disk by its size, WWN or serial`],
    ],
    [
      'another size',
      {},
      { identity: 'size 524289\nID_SERIAL shared\n' },
      [`node1 and node2: ${disk} is another disk by its size, WWN or serial`],
    ],
    ['a file system that the peer sees', {}, { disk: 'holds ext4\n' }, [`node2: ${disk} holds ext4`]],
    [
      'data of no known kind',
      { disk: 'holds data of no known kind (its first 128 KiB are not all zero)\n' },
      {},
      [`node1: ${disk} holds data of no known kind (its first 128 KiB are not all zero)`],
    ],
    ['a disk in use', { disk: 'used by dm-0\n' }, {}, [`node1: ${disk} is used by dm-0`]],
    [
      'a disk that the peer has mounted',
      {},
      { disk: 'mounted /srv\n' },
      [`node2: ${disk} is mounted on /srv`],
    ],
    ['heartbeat on the peer', {}, { heartbeat: 'active\n' }, ['node2: heartbeat is active']],
    [
      'a peer without the disk',
      {},
      { identity: missing, disk: missing },
      [
        `node2 cannot tell its identity (exit 1: ${disk} is no block device)`,
        `node2 cannot tell its disk (exit 1: ${disk} is no block device)`,
      ],
    ],
    ['a silent peer', {}, undefined, ['node2 did not answer']],
  ])('is refused: %s', (_, node1, node2, reasons) => {
    expect(refusals(guard, usual, node1, node2)).toEqual(reasons)
  })
})

describe('mkfs on a shared disk', () => {
  const guard = newSharedFileSystem({ hosts, disk })
  const marked = 'holds data of no known kind (its first 128 KiB are not all zero)\n'
  const mark = 'runsheet: shared disk 6f0a8ac1-1a2b-4a7e-9f6a-5f8c2f6d7e01\n'
  const usual = { mark, disk: marked, ...stopped }

  test('is let through where both nodes read the mark that one of them wrote', () => {
    expect(refusals(guard, usual, {}, {})).toEqual([])
  })

  test.each<Row>([
    [
      'a peer that reads nothing: it is a twin, with the same serial',
      {},
      { mark: '\n', disk: '' },
      [
        'node2: it does not read the mark that is written to a shared disk',
        `node1 and node2: ${disk} is another disk: they read different marks`,
      ],
    ],
    [
      'a peer that reads another mark',
      {},
      { mark: mark.replace('6f0a', '0000') },
      [`node1 and node2: ${disk} is another disk: they read different marks`],
    ],
    [
      'no mark at all',
      { mark: '\n' },
      { mark: '\n' },
      hosts.map((host) => `${host}: it does not read the mark that is written to a shared disk`),
    ],
    ['a file system', {}, { disk: 'holds xfs\n' }, [`node2: ${disk} holds xfs`]],
    ['a mounted disk', { disk: `${marked}mounted /srv\n` }, {}, [`node1: ${disk} is mounted on /srv`]],
    ['heartbeat', { heartbeat: 'activating\n' }, {}, ['node1: heartbeat is activating']],
    ['a silent peer', {}, undefined, ['node2 did not answer']],
  ])('is refused: %s', (_, node1, node2, reasons) => {
    expect(refusals(guard, usual, node1, node2)).toEqual(reasons)
  })
})

const shared = { hosts, source: disk, mount: '/mnt/shared' }
const ext4 = 'Filesystem UUID:          0b7e\nFilesystem features:      has_journal extent mmp flex_bg\n'

describe('a mount by hand', () => {
  const guard = soleMount(shared)
  const usual = { users: '', 'file system': ext4, ...stopped }

  test('is let through where nobody has it', () => {
    expect(refusals(guard, usual, {}, {})).toEqual([])
  })

  test.each<Row>([
    [
      'mounted at the peer',
      {},
      { users: 'mounted /mnt/shared\n' },
      [`node2: ${disk} is mounted on /mnt/shared`],
    ],
    ['mounted elsewhere', { users: 'mounted /srv\n' }, {}, [`node1: ${disk} is mounted on /srv`]],
    [
      'another file system',
      {},
      { 'file system': ext4.replace('0b7e', 'ffff') },
      [`node1 and node2: the file systems on ${disk} are not one and the same`],
    ],
    [
      'a file system without mmp',
      { 'file system': ext4.replace(' mmp', '') },
      { 'file system': ext4.replace(' mmp', '') },
      hosts.map(
        (host) =>
          `${host}: the file system on ${disk} would let both nodes mount it: it has no mmp (tune2fs -O mmp)`,
      ),
    ],
    ['heartbeat on the peer', {}, { heartbeat: 'active\n' }, ['node2: heartbeat is active']],
    ['a silent peer', {}, undefined, ['node2 did not answer']],
  ])('is refused: %s', (_, node1, node2, reasons) => {
    expect(refusals(guard, usual, node1, node2)).toEqual(reasons)
  })

  test('of NFS asks for no file system', () => {
    const nfs = soleMount({ hosts, source: 'filer:/export', mount: '/mnt/shared' })
    expect(refusals(nfs, { users: '', ...stopped }, {}, {})).toEqual([])
    expect(refusals(nfs, { users: '', ...stopped }, {}, { users: 'mounted /mnt/shared\n' })).toEqual([
      'node2: filer:/export is mounted on /mnt/shared',
    ])
  })
})

test('a service is moved only to a node that sees the disk', () => {
  const guard = seenDisk(shared)
  const usual = { 'file system': ext4 }
  expect(refusals(guard, usual, {}, {})).toEqual([])
  expect(refusals(guard, usual, {}, { 'file system': missing })).toEqual([
    `node2 cannot tell its file system (exit 1: ${disk} is no block device)`,
  ])
})

describe('the start of heartbeat', () => {
  const guard = guardOf({ protects: 'the service', hosts, recheck: raw('true') }, idleMount(shared))
  const usual = { users: '', 'file system': ext4 }

  test('is let through beside a peer that serves', () => {
    expect(refusals(guard, usual, {}, { users: 'mounted /mnt/shared\n' })).toEqual([])
  })

  test('is refused where the storage is mounted, or is another one', () => {
    expect(refusals(guard, usual, { users: 'mounted /mnt/shared\n' }, {})).toEqual([
      `node1: ${disk} is mounted on /mnt/shared`,
    ])
    expect(refusals(guard, usual, {}, { 'file system': ext4.replace('0b7e', 'ffff') })).toEqual([
      `node1 and node2: the file systems on ${disk} are not one and the same`,
    ])
  })
})
