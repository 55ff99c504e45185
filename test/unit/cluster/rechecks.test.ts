import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { AUTHKEYS } from '../../../lib/cluster/cluster-key.ts'
import { emptyDisk } from '../../../lib/cluster/empty-disk.ts'
import { firstSync } from '../../../lib/cluster/first-sync.ts'
import { heartbeatStart } from '../../../lib/cluster/heartbeat-start.ts'
import { newFileSystem } from '../../../lib/cluster/new-file-system.ts'
import { promotion } from '../../../lib/cluster/promotion.ts'
import type { Guard } from '../../../lib/resource/contract.ts'
import { drbd } from './said.ts'

// What a guard tests once more right before the change, in a real shell and with the real wipefs: on files of ours, in
// place of what it would look at on a node.

let folder: string
const at = (name: string) => join(folder, name)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runsheet-rechecks-'))
  writeFileSync(at('disk'), Buffer.alloc(1024 * 1024))
})

/** Whether the change may begin. */
function holds({ recheck }: Guard, places: Readonly<Record<string, string>> = {}): boolean {
  const script = Object.entries(places).reduce((all, [from, to]) => all.replaceAll(from, to), recheck.text)
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}:/usr/sbin:/sbin` }
  return spawnSync('sh', ['-c', script], { env }).status === 0
}

const useDisk = () => {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` }
  expect(spawnSync('mkswap', [at('disk')], { env }).status).toBe(0)
}

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

test('mkfs begins on an empty device alone', () => {
  const guard = newFileSystem(replicated)
  expect(holds(guard, { '/dev/drbd0': at('disk') })).toBe(true)
  expect(holds(guard, { '/dev/drbd0': at('none') })).toBe(false)
  useDisk()
  expect(holds(guard, { '/dev/drbd0': at('disk') })).toBe(false)
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

test('heartbeat begins with a private key alone', () => {
  const guard = heartbeatStart({ hosts: ['node1'], cards: [], scripts: [], minor: 0 })
  writeFileSync(at('keys'), '')
  const places = { [AUTHKEYS]: at('keys'), root: userInfo().username }
  chmodSync(at('keys'), 0o600)
  expect(holds(guard, places)).toBe(true)
  chmodSync(at('keys'), 0o640)
  expect(holds(guard, places)).toBe(false)
})
