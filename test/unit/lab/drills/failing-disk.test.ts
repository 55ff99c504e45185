import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { giveBack, takeAway } from '../../../../lab/drills/failing-disk.ts'
import { sandbox } from '../../playbooks/sandbox.ts'

// What is written where below /sys for a disk of each kind; that DRBD meets errors by it is seen on machines.

const STATE = 'sys/devices/scsi1/state'
const DRIVER = 'sys/bus/virtio/drivers/virtio_blk'

const scsi = { [STATE]: 'running', 'sys/devices/scsi1/subsystem': '>sys/bus/scsi' }

/** Files and links below /sys, and the disk that DRBD names. */
const kinds = {
  'a SCSI disk': ['/dev/sdb', { 'sys/class/block/sdb/device': '>sys/devices/scsi1', ...scsi }],
  'a partition of a SCSI disk': [
    '/dev/sdb1',
    {
      'sys/devices/scsi1/block/sdb/sdb1/partition': '1',
      'sys/devices/scsi1/block/sdb/device': '>sys/devices/scsi1',
      'sys/class/block/sdb1': '>sys/devices/scsi1/block/sdb/sdb1',
      ...scsi,
    },
  ],
  'a partition beside another one': [
    '/dev/sda3',
    {
      'sys/devices/scsi1/block/sda/sda2/partition': '2',
      'sys/devices/scsi1/block/sda/sda3/partition': '3',
      'sys/devices/scsi1/block/sda/device': '>sys/devices/scsi1',
      'sys/class/block/sda3': '>sys/devices/scsi1/block/sda/sda3',
      ...scsi,
    },
  ],
  'a virtio disk': [
    '/dev/vdb',
    {
      'sys/class/block/vdb/device': '>sys/devices/virtio3',
      'sys/devices/virtio3/driver': `>${DRIVER}`,
      [`${DRIVER}/unbind`]: '',
      [`${DRIVER}/bind`]: '',
    },
  ],
  'a logical volume': ['/dev/dm-1', { 'sys/class/block/dm-1/dm/name': 'vg-data' }],
  // Its controller has a state, too, which nobody can set.
  'a disk of NVMe': [
    '/dev/nvme0n1',
    {
      'sys/class/block/nvme0n1/device': '>sys/devices/nvme0',
      'sys/devices/nvme0/state': 'live',
      'sys/devices/nvme0/subsystem': '>sys/class/nvme',
    },
  ],
  'an encrypted disk': ['/dev/dm-2', { 'sys/class/block/dm-2/dm/name': 'secret' }],
} as const satisfies Record<string, readonly [string, Record<string, string>]>

const machine = (kind: keyof typeof kinds, state = 'Diskless/UpToDate') => {
  const [disk, files] = kinds[kind]
  const box = sandbox({
    drbdadm: `case $1 in sh-ll-dev) echo ${disk} ;; dstate) echo ${state} ;; esac`,
    dmsetup:
      '[ "$1" != table ] || case $2 in secret) echo 0 9 crypt aes 00 ;; *) echo 0 9 linear 8:16 0 ;; esac',
    udevadm: '',
  })
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(box.folder, path)), { recursive: true })
    if (!content.startsWith('>')) writeFileSync(join(box.folder, path), content)
    else {
      mkdirSync(join(box.folder, content.slice(1)), { recursive: true })
      symlinkSync(join(box.folder, content.slice(1)), join(box.folder, path))
    }
  }
  const here = (text: string) =>
    text.replaceAll('/sys/', `${box.folder}/sys/`).replaceAll('/run/', `${box.folder}/`)
  return {
    calls: () =>
      box.calls(/^(dmsetup|drbdadm attach)/).map((call) => call.replaceAll(`${box.folder}/`, '/run/')),
    touched: () =>
      existsSync(join(box.folder, STATE)) && readFileSync(join(box.folder, STATE), 'utf8') !== 'running',
    read: (path: string) => readFileSync(join(box.folder, path), 'utf8').trim(),
    take: () => box.run(here(takeAway('r0'))),
    give: () => box.run(here(giveBack('r0'))),
  }
}

it.each(['a SCSI disk', 'a partition of a SCSI disk'] as const)('%s goes offline and comes back', (kind) => {
  const { take, give, read, calls } = machine(kind)
  expect(take()).toMatchObject({ exitCode: 0, stderr: '' })
  expect(read(STATE)).toBe('offline')
  expect(give()).toMatchObject({ exitCode: 0, stderr: '' })
  expect(read(STATE)).toBe('running')
  expect(calls()).toEqual(['drbdadm attach r0'])
})

it('a virtio disk loses its driver and gets it back', () => {
  const { take, give, read } = machine('a virtio disk')
  expect(take()).toMatchObject({ exitCode: 0, stderr: '' })
  expect(read(`${DRIVER}/unbind`)).toBe('virtio3')
  expect(read(`${DRIVER}/bind`)).toBe('')
  expect(give()).toMatchObject({ exitCode: 0, stderr: '' })
  expect(read(`${DRIVER}/bind`)).toBe('virtio3')
})

it('a logical volume fails by its table, and gets the one it had', () => {
  const { take, give, calls } = machine('a logical volume')
  expect(take()).toMatchObject({ exitCode: 0, stderr: '' })
  expect(give()).toMatchObject({ exitCode: 0, stderr: '' })
  expect(calls()).toEqual([
    'dmsetup table vg-data',
    'dmsetup wipe_table vg-data',
    'dmsetup load vg-data /run/runsheet-drills.disk.table',
    'dmsetup resume vg-data',
    'drbdadm attach r0',
  ])
})

it.each([
  ['a disk of NVMe', 'nvme0n1 is no disk of SCSI'],
  ['an encrypted disk', 'secret is encrypted'],
  ['a partition beside another one', 'the disk of /dev/sda3 has other partitions'],
] as const)('%s is left alone', (kind, why) => {
  const { take, calls, touched } = machine(kind)
  expect(take()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(why) })
  expect(touched()).toBe(false)
  expect(calls().filter((call) => /wipe/.test(call))).toEqual([])
})

it.each([
  ['UpToDate/UpToDate', 0, []],
  ['Failed/UpToDate', 1, []],
  ['Diskless/UpToDate', 0, ['drbdadm attach r0']],
])('without a disk that was taken, and a copy that is %s', (state, exitCode, calls) => {
  const there = machine('a SCSI disk', state)
  expect(there.give().exitCode).toBe(exitCode)
  expect(there.calls()).toEqual(calls)
})
