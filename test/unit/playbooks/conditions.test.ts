import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Condition } from 'runsheet'
import { describe, expect, test } from 'vitest'
import { groupOf } from '../../../playbooks/parts/cluster.mjs'
import { settled } from '../../../playbooks/parts/group.mjs'
import {
  byHand,
  primaryHere,
  readHeld,
  storageElsewhere,
  storageHere,
} from '../../../playbooks/parts/storage/conditions.mjs'
import { fencedNodes, lun, nfs, storage } from './fixture.ts'
import { sandbox } from './sandbox.ts'

const MOUNTED = '/dev/vda / ext4 rw 0 0\n/dev/drbd0 /mnt/shared ext4 rw 0 0\n'

/** A moment on a node: what the kernel shows and whether heartbeat runs. */
interface Moment {
  roles?: string
  mounts?: string
  heartbeat?: boolean
  /** What debugfs says of the multiple-mount protection. */
  mmp?: string
}

function exitCode({ test: { text } }: Condition, { roles, mounts = '', heartbeat = false, mmp }: Moment) {
  const box = sandbox({
    systemctl: `echo ${heartbeat ? 'active' : 'inactive'}`,
    uname: 'echo node1',
    debugfs: mmp === undefined ? 'exit 1' : `echo '${mmp}'`,
  })
  const drbd = roles === undefined ? '' : ` 0: cs:Connected ro:${roles} ds:UpToDate/UpToDate C r-----\n`
  writeFileSync(join(box.folder, 'drbd'), `version: 8.4.11 (api:1/proto:86-101)\n${drbd}    ns:0 nr:0\n`)
  writeFileSync(join(box.folder, 'mounts'), mounts)
  return box.run(
    text
      .replaceAll('/proc/drbd', join(box.folder, 'drbd'))
      .replaceAll('/proc/mounts', join(box.folder, 'mounts')),
  ).exitCode
}

const RUN = 0
const SKIP = 1
const CANNOT_TELL = 75

describe('writes are held', () => {
  test.each([
    [
      'by a primary that does not know whether its peer lives',
      'WFConnection ro:Primary/Unknown ds:UpToDate/DUnknown C s-----',
      'yes',
    ],
    [
      'by one that was told not to connect',
      'StandAlone ro:Primary/Unknown ds:UpToDate/DUnknown   s-----',
      'yes',
    ],
    ['by none that knows', 'WFConnection ro:Primary/Unknown ds:UpToDate/Outdated C r-----', 'no'],
    ['by none that is connected', 'Connected ro:Primary/Secondary ds:UpToDate/UpToDate C r-----', 'no'],
  ])('%s', (_, line, held) => {
    const { folder, run } = sandbox()
    writeFileSync(
      join(folder, 'drbd'),
      `version: 8.4.11\n 1: cs:${line.replace(' r-', ' s-')}\n 0: cs:${line}\n    ns:0 oos:0\n`,
    )
    const { text } = readHeld(storage)
    expect(run(`${text.replaceAll('/proc/drbd', join(folder, 'drbd'))}\necho $held`).stdout).toBe(`${held}\n`)
    expect(run(`${text.replaceAll('/proc/drbd', '/nowhere')}\necho $held`).stdout).toBe('no\n')
  })
})

describe('the storage is used by hand', () => {
  test.each<[string, Moment, number]>([
    ['before DRBD is up', {}, CANNOT_TELL],
    ['before heartbeat is in charge', { roles: 'Secondary/Secondary' }, RUN],
    ['while this run writes', { roles: 'Primary/Secondary' }, RUN],
    ['while the peer serves', { roles: 'Secondary/Primary' }, SKIP],
    ['while heartbeat runs', { roles: 'Primary/Secondary', heartbeat: true }, SKIP],
  ])('%s', (_, moment, expected) => expect(exitCode(byHand(storage), moment)).toBe(expected))
})

describe('a file system is made on the primary', () => {
  test.each<[string, Moment, number]>([
    ['which this node is', { roles: 'Primary/Secondary', heartbeat: true }, RUN],
    ['which the peer is', { roles: 'Secondary/Primary' }, SKIP],
    ['which heartbeat will choose', { roles: 'Secondary/Secondary', heartbeat: true }, SKIP],
    ['which this node will be', { roles: 'Secondary/Secondary' }, CANNOT_TELL],
  ])('%s', (_, moment, expected) => expect(exitCode(primaryHere(storage), moment)).toBe(expected))
})

describe('shared data is looked at', () => {
  test.each<[string, Moment, number, number]>([
    ['where it is mounted', { mounts: MOUNTED, roles: 'Primary/Secondary', heartbeat: true }, RUN, RUN],
    ['not on a standby', { roles: 'Secondary/Primary', heartbeat: true }, SKIP, SKIP],
    ['on the home node, once it is mounted there', { roles: 'Primary/Secondary' }, CANNOT_TELL, SKIP],
    [
      'not below a longer path',
      { mounts: MOUNTED.replace('/mnt/shared', '/mnt/shared2'), roles: 'Secondary/Primary' },
      SKIP,
      SKIP,
    ],
  ])('%s', (_, moment, onHome, onPeer) => {
    expect(exitCode(storageHere(storage, true), moment)).toBe(onHome)
    expect(exitCode(storageHere(storage, false), moment)).toBe(onPeer)
  })
})

test('the bare mount point is seen where nothing is mounted', () => {
  expect(exitCode(storageElsewhere(storage), {})).toBe(RUN)
  expect(exitCode(storageElsewhere(storage), { mounts: MOUNTED })).toBe(SKIP)
})

describe('a LUN is used by hand', () => {
  const held = (sequence: string, node: string) => `update_interval: 1
check_interval: 5
sequence: ${sequence}
time: 1763907000 -- Sun Nov 23 14:10:00 2025
node_name: ${node}
device_name: vdb
magic: 0x4d4d50`

  test.each<[string, Moment, number]>([
    ['before it has a file system', {}, RUN],
    ['while nobody has it', { mmp: held('ff4d4d50', 'node2') }, RUN],
    ['while this run has it', { mmp: held('1f3c2a10', 'node1') }, RUN],
    ['while the peer has it, or died with it', { mmp: held('1f3c2a10', 'node2') }, SKIP],
    ['while a peer with a longer name has it', { mmp: held('1f3c2a10', 'node11') }, SKIP],
    ['while heartbeat runs', { mmp: held('ff4d4d50', 'node1'), heartbeat: true }, SKIP],
  ])('%s', (_, moment, expected) => {
    expect(exitCode(byHand(lun), moment)).toBe(expected)
    expect(exitCode(storageHere(lun, true), moment)).toBe(expected === RUN ? CANNOT_TELL : expected)
    expect(exitCode(storageHere(lun, false), moment)).toBe(SKIP)
  })
})

test('a LUN that nobody has mounted is not settled on either node', () => {
  const group = groupOf(fencedNodes()[0].vars)
  const settledWith = (mmp: string) => {
    const box = sandbox({
      debugfs: `echo '${mmp}'`,
      uname: 'echo node1',
      ip: '',
      systemctl: 'echo inactive; echo inactive; echo inactive',
    })
    writeFileSync(join(box.folder, 'mounts'), '')
    writeFileSync(join(box.folder, 'disk'), '')
    const text = settled(group).probe.text
    return box.run(
      text
        .replaceAll('/proc/mounts', join(box.folder, 'mounts'))
        .replaceAll('[ ! -b /dev/disk/by-id/virtio-shared ]', `[ ! -f ${join(box.folder, 'disk')} ]`),
    ).stdout
  }
  expect(settledWith('sequence: ff4d4d50\nnode_name: node2')).toBe('done no\n')
  expect(settledWith('sequence: 00000007\nnode_name: node2')).toBe('done yes\n')
  expect(settledWith('sequence: 00000007\nnode_name: node1')).toBe('done no\n')
})

test('NFS tells nothing of its clients: guards ask them', () => {
  expect(exitCode(byHand(nfs), {})).toBe(RUN)
  expect(exitCode(byHand(nfs), { heartbeat: true })).toBe(SKIP)
})

test.each<[string, string, number]>([
  ['while the peer serves', 'role:Secondary role:Primary', SKIP],
  ['before heartbeat is in charge', 'role:Secondary role:Secondary', RUN],
])('DRBD 9 is asked by its own command: by hand %s', (_, roles, expected) => {
  const [own, peer] = roles.split(' ')
  const box = sandbox({
    systemctl: 'exit 3',
    drbdsetup: `echo 'exists resource name:r0 ${own}'
      echo 'exists connection name:r0 connection:Connected ${peer}'
      echo 'exists device name:r0 volume:0 minor:0 disk:UpToDate'
      echo 'exists peer-device name:r0 volume:0 replication:Established peer-disk:UpToDate out-of-sync:0'`,
  })
  expect(box.run(byHand({ ...storage, version: '9' }).test.text).exitCode).toBe(expected)
})
