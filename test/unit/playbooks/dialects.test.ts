import { describe, expect, test } from 'vitest'
import { clusterOf } from '../../../playbooks/parts/cluster.mjs'
import { preflight } from '../../../playbooks/parts/conclusion.mjs'
import { haresources } from '../../../playbooks/parts/heartbeat.mjs'
import {
  bootUnit,
  dialectOf,
  discardMyData,
  forcePrimary,
  outdating,
} from '../../../playbooks/parts/storage/dialects.mjs'
import { drbdResource } from '../../../playbooks/parts/storage/drbd-resource.mjs'
import { nodes, storage } from './fixture.ts'

// 8.3 and 9 do not run here: this is what the User's Guides and the man pages of each version document.

const VERSIONS = ['8.3', '8.4', '9'] as const

test.each([
  ['8.3.16', '8.3'],
  ['8.4.11', '8.4'],
  ['9.1.23', '9'],
  ['9.2.11-1ppa1', '9'],
  ['8.0.14', undefined],
  ['10.0.0', undefined],
  ['', undefined],
])('the module %j speaks %s', (version, dialect) => {
  expect(dialectOf(version)).toBe(dialect)
})

test.each([
  [
    '8.3',
    'drbdadm -- --overwrite-data-of-peer primary r0',
    'drbdadm -- --discard-my-data connect r0',
    'drbd',
  ],
  ['8.4', 'drbdadm primary --force r0', 'drbdadm connect --discard-my-data r0', 'drbd'],
  ['9', 'drbdadm primary --force r0', 'drbdadm connect --discard-my-data r0', 'drbd@r0.target'],
] as const)('commands of %s', (version, force, discard, unit) => {
  const resource = { version, resource: 'r0' }
  expect(forcePrimary(resource).text).toBe(force)
  expect(discardMyData(resource).text).toBe(discard)
  expect(bootUnit(resource)).toBe(unit)
})

/** The words of a resource without comments, one section or statement a line. */
function words(version: (typeof VERSIONS)[number]): string[] {
  const text = drbdResource({ ...storage, version }, nodes()).reveal()
  return text
    .split('\n')
    .map((line) => line.trim().replace(/ +/g, ' '))
    .filter((line) => line !== '' && !line.startsWith('#'))
}

describe('the configuration', () => {
  test('of 8.3 has its protocol outside of the section net, where 8.4 has it', () => {
    expect(words('8.3').slice(0, 6)).toEqual([
      'resource r0 {',
      'protocol C;',
      'device /dev/drbd0;',
      'meta-disk internal;',
      'net {',
      'after-sb-0pri discard-zero-changes;',
    ])
    expect(words('8.4').slice(0, 5)).toEqual([
      'resource r0 {',
      'device /dev/drbd0;',
      'meta-disk internal;',
      'net {',
      'protocol C;',
    ])
  })

  test('of 9 numbers its nodes, and lets nothing but heartbeat promote', () => {
    expect(words('9').slice(0, 8)).toEqual([
      'resource r0 {',
      'options {',
      'auto-promote no;',
      '}',
      'device /dev/drbd0;',
      'meta-disk internal;',
      'net {',
      'protocol C;',
    ])
    expect(words('9').slice(-11)).toEqual([
      'on node1 {',
      'node-id 0;',
      'disk /dev/vdb;',
      'address 192.168.57.11:7789;',
      '}',
      'on node2 {',
      'node-id 1;',
      'disk /dev/vdb;',
      'address 192.168.57.12:7789;',
      '}',
      '}',
    ])
  })

  test.each([
    ['8.3', true],
    ['8.4', true],
    ['9', false],
  ] as const)('of %s has a copy that is left behind outdated: %s', (version, outdates) => {
    const fenced = [
      'fencing resource-only;',
      'fence-peer "/etc/ha.d/outdate-peer";',
      'after-resync-target "/etc/ha.d/end-of-copy";',
    ]
    expect(words(version).filter((line) => fenced.includes(line))).toEqual(outdates ? fenced : [])
    expect(outdating({ version }, '/usr/lib/heartbeat')).toEqual(
      outdates ? ['apiauth dopd uid=root', 'respawn root /usr/lib/heartbeat/dopd'] : [],
    )
  })

  test.each([
    ['8.3', 'syncer {'],
    ['8.4', 'disk {'],
    ['9', 'disk {'],
  ] as const)('of %s has a least rate of a resync in %s', (version, section) => {
    const lines = words(version)
    const before = lines.slice(0, lines.indexOf('c-min-rate 4M;'))
    expect(before.findLast((line) => line.endsWith('{'))).toBe(section)
  })

  test.each(VERSIONS)('of %s differs from that of 8.4 in nothing else', (version) => {
    const own = [
      'protocol C;',
      'options {',
      'auto-promote no;',
      'node-id 0;',
      'node-id 1;',
      '}',
      'handlers {',
      'syncer {',
    ]
    own.push(...words('8.4').filter((line) => /^(fencing|fence-peer|after-resync-target) /.test(line)))
    const rest = (one: (typeof VERSIONS)[number]) => words(one).filter((line) => !own.includes(line))
    expect(rest(version)).toEqual(rest('8.4'))
  })
})

test('from 9 on, whose utilities bring no drbddisk, heartbeat promotes by a script of ours', () => {
  const both = nodes((vars) => {
    vars.storage = { ...storage, version: '9' }
  })
  expect(haresources(clusterOf(both)).reveal()).toContain('node1 drbdrole::r0 Filesystem::/dev/drbd0::')
})

describe('a run', () => {
  const kernel = (found: string) =>
    preflight(
      nodes().map((node) => ({
        ...node,
        facts: Object.fromEntries(
          Object.entries({ name: node.name, release: 'debian 12', drbd: found }).map(([question, stdout]) => [
            question,
            { exitCode: 0, stdout: `${stdout}\n`, stderr: '' },
          ]),
        ),
      })),
    )

  test('begins where the kernel has what the inventory says, or no module yet', () => {
    expect(kernel('8.4.11')).toEqual([])
    expect(kernel('')).toEqual([])
  })

  test('does not begin where the kernel speaks otherwise', () => {
    expect(kernel('9.1.7')).toEqual(
      ['node1', 'node2'].map(
        (name) =>
          `${name}: its kernel has DRBD 9.1.7, and the inventory says 8.4: write version: '9' in its storage`,
      ),
    )
    expect(kernel('8.0.14')[0]).toMatch(/which is no version known here$/)
  })
})
