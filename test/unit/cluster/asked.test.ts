import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { AUTHKEYS } from '../../../lib/cluster/cluster-key.ts'
import { emptyDisk } from '../../../lib/cluster/empty-disk.ts'
import { firstSync } from '../../../lib/cluster/first-sync.ts'
import { heartbeatStart } from '../../../lib/cluster/heartbeat-start.ts'
import { newFileSystem } from '../../../lib/cluster/new-file-system.ts'
import { promotion } from '../../../lib/cluster/promotion.ts'
import { hasMark, newSharedFileSystem, sharedDiskMark, writeMark } from '../../../lib/cluster/shared-disk.ts'
import { soleMount } from '../../../lib/cluster/shared-mount.ts'
import type { Guard } from '../../../lib/resource/contract.ts'
import { drbd } from './said.ts'

// What a guard asks, and tests once more right before the change, in a real shell and with the real wipefs: on files of
// ours, in place of what it would look at on a node.

let folder: string
const at = (name: string) => join(folder, name)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runsheet-rechecks-'))
  writeFileSync(at('disk'), Buffer.alloc(1024 * 1024))
})

/** Whether the change may begin. */
function holds({ recheck }: Guard, places: Readonly<Record<string, string>> = {}): boolean {
  const script = Object.entries(places).reduce((all, [from, to]) => all.replaceAll(from, to), recheck.text)
  return run(script).status === 0
}

/** Programs in the folder stand in for those of a node. */
function run(script: string) {
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}:/usr/sbin:/sbin` }
  return spawnSync('sh', ['-c', script], { env, encoding: 'utf8' })
}

const useDisk = () => expect(run(`mkswap '${at('disk')}'`).status).toBe(0)

const replicated = { resource: 'r0', minor: 0, disks: { node1: '/dev/sdb', node2: '/dev/vdb' } }

describe('create-md', () => {
  const guardOf = (host: string, name = 'disk') => emptyDisk({ ...replicated, disks: { [host]: at(name) } })

  test('begins on an empty disk alone, and takes nothing from another', () => {
    expect(holds(guardOf(hostname()))).toBe(true)
    useDisk()
    expect([1, 2].map(() => holds(guardOf(hostname())))).toEqual([false, false])
  })

  test('does not begin on a disk that is not there, nor on a host that is not meant', () => {
    expect(holds(guardOf(hostname(), 'none'))).toBe(false)
    expect(holds(guardOf('another'))).toBe(false)
  })
})

describe('what a disk holds and who uses it', () => {
  const ask = () => emptyDisk({ ...replicated, disks: { [hostname()]: at('disk') } }).ask.disk?.text ?? ''
  /** A file of ours in place of a device, and what the kernel would say of it. */
  const look = () => {
    const script = ask()
      .replaceAll('[ -b ', '[ -f ')
      .replaceAll('/sys/class/block', at('sys'))
      .replaceAll('/proc/self/mountinfo', at('mounts'))
    return run(script)
  }
  beforeEach(() => {
    mkdirSync(at('sys/disk/holders'), { recursive: true })
    writeFileSync(at('sys/disk/dev'), '8:16\n')
    writeFileSync(at('mounts'), '36 35 8:1 / /boot rw shared:1 - ext4 /dev/sda1 rw\n')
  })
  const standIn = (types: string, exitCode = 0) =>
    writeFileSync(at('wipefs'), `#!/bin/sh\necho ${types}\nexit ${exitCode}\n`, { mode: 0o755 })
  const fill = () => writeFileSync(at('disk'), Buffer.alloc(131_072).fill('x', 131_000))
  const NO_KIND = 'holds data of no known kind (its first 128 KiB are not all zero)\n'

  test.each<[string, () => unknown, string]>([
    ['nothing', () => {}, ''],
    ['a signature', useDisk, 'holds swap\n'],
    ['bytes that nobody knows', fill, NO_KIND],
    ['the same beside the metadata of DRBD', () => [standIn('drbd'), fill()], `holds drbd\n${NO_KIND}`],
    ['two signatures', () => standIn('gpt PMBR'), 'holds gpt\nholds PMBR\n'],
    ['a device above it', () => mkdirSync(at('sys/disk/holders/dm-0')), 'used by dm-0\n'],
    [
      'a mount',
      () => writeFileSync(at('mounts'), '36 35 8:16 / /srv rw - ext4 /dev/sdb rw\n'),
      'mounted /srv\n',
    ],
  ])('%s', (_, prepare, stdout) => {
    prepare()
    expect(look()).toMatchObject({ status: 0, stdout })
  })

  test('cannot be told where wipefs fails, or where it is no device', () => {
    standIn('', 1)
    expect(look().status).not.toBe(0)
    expect(run(ask())).toMatchObject({ status: 1, stderr: `${at('disk')} is no block device\n` })
  })
})

test('without drbdadm nothing is known of the metadata', () => {
  expect(run(emptyDisk(replicated).ask.generation?.text ?? '').status).not.toBe(0)
  writeFileSync(at('drbdadm'), '#!/bin/sh\necho No valid meta data found >&2; exit 1\n', { mode: 0o755 })
  expect(run(emptyDisk(replicated).ask.generation?.text ?? '')).toMatchObject({
    status: 0,
    stdout: 'No valid meta data found\n',
  })
})

test('mkfs begins on an empty device alone', () => {
  const guard = newFileSystem(replicated)
  expect(holds(guard, { '/dev/drbd0': at('disk') })).toBe(true)
  expect(holds(guard, { '/dev/drbd0': at('none') })).toBe(false)
  useDisk()
  expect(holds(guard, { '/dev/drbd0': at('disk') })).toBe(false)
})

describe('on a disk that both nodes see', () => {
  const shared = () => ({ hosts: ['node1', 'node2'], disk: at('disk') })
  // A temporary folder may lie in memory, which cannot be read past the cache.
  const cached = { 'iflag=direct ': '' }
  const sh = (script: string) => spawnSync('sh', ['-c', script.replaceAll('iflag=direct ', '')]).status === 0
  const mark = () => expect(sh(writeMark(at('disk')).text)).toBe(true)

  test('the mark is written to an empty disk, and found there', () => {
    expect(holds(sharedDiskMark(shared()))).toBe(true)
    expect(sh(hasMark(at('disk')).text)).toBe(false)
    mark()
    expect(sh(hasMark(at('disk')).text)).toBe(true)
    expect(readFileSync(at('disk'), 'latin1')).toMatch(/^runsheet: shared disk [0-9a-f-]{36}\n\0{4}/)
    expect(readFileSync(at('disk')).length).toBe(1024 * 1024)
    useDisk()
    expect(holds(sharedDiskMark(shared()))).toBe(false)
  })

  test('mkfs begins where the mark is, and nothing else', () => {
    expect(holds(newSharedFileSystem(shared()), cached)).toBe(false)
    mark()
    expect(holds(newSharedFileSystem(shared()), cached)).toBe(true)
    useDisk()
    expect(holds(newSharedFileSystem(shared()), cached)).toBe(false)
  })

  test('a mount begins where neither the source nor the place is in use', () => {
    const guard = soleMount({ hosts: ['node1', 'node2'], source: 'filer:/export', mount: '/mnt/shared' })
    const mounts = (line: string) => {
      writeFileSync(at('mounts'), `/dev/vda / ext4 rw 0 0\n${line}\n`)
      return { '/proc/self/mounts': at('mounts') }
    }
    expect(holds(guard, mounts(''))).toBe(true)
    expect(holds(guard, mounts('filer:/export /srv nfs4 rw 0 0'))).toBe(false)
    expect(holds(guard, mounts('tmpfs /mnt/shared tmpfs rw 0 0'))).toBe(false)
    expect(holds(soleMount({ ...shared(), source: at('none'), mount: '/mnt/shared' }))).toBe(false)
  })
})

describe('of DRBD', () => {
  const state = (text: string) => {
    writeFileSync(at('drbd'), text)
    return { '/proc/drbd': at('drbd') }
  }
  const generation = (identifiers: string) =>
    writeFileSync(at('drbdadm'), `#!/bin/sh\necho ${identifiers}\n`, { mode: 0o755 })
  const NEW = '0000000000000004:0000000000000000:0000000000000000:0000000000000000:0:0:0:1:0:1:0'

  test.each([
    [true, drbd('Connected', 'Secondary/Secondary', 'Inconsistent/Inconsistent'), NEW],
    [false, drbd('Connected', 'Secondary/Secondary', 'Inconsistent/Inconsistent'), NEW.replace('4', '6')],
    [false, drbd('Connected', 'Secondary/Secondary', 'UpToDate/Inconsistent'), NEW],
    [false, drbd('Connected', 'Secondary/Secondary', 'Inconsistent/UpToDate'), NEW],
    [false, drbd('Connected', 'Secondary/Primary', 'Inconsistent/Inconsistent'), NEW],
    [false, drbd('WFConnection', 'Secondary/Unknown', 'Inconsistent/DUnknown'), NEW],
    [false, '', NEW],
  ])('the first copy: %s for %j', (expected, text, identifiers) => {
    generation(identifiers)
    expect(holds(firstSync(replicated), state(text))).toBe(expected)
  })

  test.each([
    [true, drbd('Connected', 'Secondary/Secondary', 'UpToDate/UpToDate')],
    [true, drbd('SyncSource', 'Secondary/Secondary', 'UpToDate/Inconsistent')],
    [false, drbd('Connected', 'Secondary/Primary', 'UpToDate/UpToDate')],
    [false, drbd('WFConnection', 'Secondary/Unknown', 'UpToDate/DUnknown')],
    [false, drbd('Connected', 'Secondary/Secondary', 'Inconsistent/UpToDate')],
    [false, drbd('Connected', 'Secondary/Secondary', 'UpToDate/UpToDate').replace(' 0:', '10:')],
  ])('a promotion by hand: %s for %j', (expected, text) => {
    expect(holds(promotion(replicated), state(text))).toBe(expected)
  })
})

test('what the files of heartbeat say is read from them, but no key', () => {
  const { ask } = heartbeatStart({
    hosts: ['node1'],
    cards: [],
    scripts: ['there', 'plain', 'none'],
    parts: [],
  })
  const said = (question: string) =>
    spawnSync('sh', ['-c', (ask[question]?.text ?? '').replaceAll('/etc/ha.d', folder)], { encoding: 'utf8' })
  writeFileSync(at('ha.cf'), '# node none\nnode node1\nauto_failback off\nudpport 694\n')
  writeFileSync(at('authkeys'), 'auth 1\n1 sha1 correct-horse\n')
  expect(said('settings').stdout).toBe('node node1\nauto_failback off\nauth 1\n1 sha1\n')
  mkdirSync(at('resource.d'))
  writeFileSync(at('resource.d/there'), '', { mode: 0o755 })
  writeFileSync(at('resource.d/plain'), '')
  expect(said('scripts').stdout).toBe(
    ['plain', 'none'].map((name) => `${at('resource.d')}/${name} is missing or not executable\n`).join(''),
  )
})

test('heartbeat begins with a private key alone', () => {
  const guard = heartbeatStart({ hosts: ['node1'], cards: [], scripts: [], parts: [] })
  writeFileSync(at('keys'), '')
  const places = { [AUTHKEYS]: at('keys'), root: userInfo().username }
  chmodSync(at('keys'), 0o600)
  expect(holds(guard, places)).toBe(true)
  chmodSync(at('keys'), 0o640)
  expect(holds(guard, places)).toBe(false)
})
