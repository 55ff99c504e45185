import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { descentOf, parting } from '../../../lib/cluster/generations.ts'
import { discardedCopy, splitBrain } from '../../../lib/cluster/split-brain.ts'
import { sh } from '../../../lib/shell/sh.ts'
import { sandbox } from '../playbooks/sandbox.ts'
import { demandsAgree, drbd, evidenceOf, refusals, type Said } from './said.ts'

const gi = (current: string, bitmap = '0', ...history: string[]) =>
  `${[current, bitmap, ...history, '0', '0']
    .slice(0, 4)
    .map((identifier) => identifier.padStart(16, '0'))
    .join(':')}:1:1:1:0:0:0:0\n`

describe('how two copies descend from each other', () => {
  test.each([
    ['the same data, one of them in use', gi('AAAA1'), gi('AAAA0'), 'same'],
    ['a node that went on alone', gi('BBBB1', 'AAAA0'), gi('AAAA0'), 'first is newer'],
    ['the other one went on alone', gi('AAAA0', '0', 'CCCC0'), gi('BBBB1', 'AAAA0'), 'second is newer'],
    [
      'one that was away for two generations',
      gi('AAAA0'),
      gi('DDDD1', '0', 'BBBB0', 'AAAA0'),
      'second is newer',
    ],
    ['both went on alone', gi('BBBB1', 'AAAA1'), gi('CCCC0', 'AAAA0'), 'apart'],
    ['the parting is history already', gi('BBBB1', '0', 'AAAA0'), gi('CCCC0', 'AAAA0'), 'apart'],
    ['disks of different pairs', gi('BBBB0', 'AAAA0'), gi('CCCC0', 'DDDD0'), 'strangers'],
    ['new metadata', gi('4'), gi('CCCC0', 'DDDD0'), undefined],
    ['no metadata', 'No valid meta data found\n', gi('CCCC0'), undefined],
  ])('%s', (_, first, second, descent) => expect(descentOf(first, second)).toBe(descent))

  test.each([
    [gi('BBBB1', 'AAAAF'), `${'AAAAE'.padStart(16, '0')}\n`],
    [gi('BBBB1'), ''],
    ['No valid meta data found\n', ''],
  ])('the shell finds where a copy went its own way: %s', (said, found) => {
    const { folder } = sandbox({ drbdadm: `cat <<'GI'\n${said}GI` })
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` }
    expect(spawnSync('sh', ['-c', parting('r0').text], { encoding: 'utf8', env }).stdout).toBe(found)
  })
})

const split = {
  resource: 'r0',
  minor: 0,
  disks: { node1: '/dev/sdb', node2: '/dev/vdb' },
  victim: 'node2',
  vip: '192.168.56.10',
  interrupt: false,
  keep: { folder: '/var/kept', image: sh`echo /var/kept/r0.img` },
}
const alone = (roles: string, disks = 'UpToDate/DUnknown') => drbd('StandAlone', roles, disks)
const waiting = (roles: string) => drbd('WFConnection', roles, 'UpToDate/DUnknown')
const VIP = '3: eth1    inet 192.168.56.10/24 brd 192.168.56.255 scope global eth1\n'
const usual = {
  parting: 'AAAA0\n',
  heartbeat: 'active\n',
  room: 'enough\n',
  kept: '-rw------- 1 root root 9 r0.img\n',
}
const survivor = { service: VIP, generation: gi('BBBB1', 'AAAA0'), replication: alone('Primary/Unknown') }
const victim = { service: '', generation: gi('CCCC0', 'AAAA0'), replication: alone('Secondary/Unknown') }

describe('the victim of a split brain', () => {
  const guard = splitBrain(split)

  test('may be the one that does not serve, or either where nobody serves', () => {
    expect(refusals(guard, usual, survivor, victim, 'node2')).toEqual([])
    expect(refusals(guard, usual, { ...survivor, service: '' }, victim, 'node2')).toEqual([])
  })

  test('may be one that waits for the other, but not for a runbook, which sees one host at a time', () => {
    const evidence = evidenceOf(usual, survivor, { ...victim, replication: waiting('Secondary/Unknown') })
    expect(guard.refuse(evidence, 'node2')).toEqual([])
    expect(demandsAgree(guard, evidence, 'node2')).toBe(false)
  })

  test.each<[string, Said | undefined, Said | undefined, string | RegExp]>([
    [
      'the one that serves',
      { ...survivor, service: '' },
      { ...victim, service: VIP },
      /^node2: it holds 192.168.56.10: the clients/,
    ],
    [
      'beside an outdated copy',
      { ...survivor, replication: alone('Secondary/Unknown', 'Outdated/DUnknown') },
      victim,
      'node1: its disk is Outdated, not UpToDate',
    ],
    [
      'beside a node without a disk',
      { ...survivor, replication: alone('Primary/Unknown', 'Diskless/DUnknown') },
      victim,
      'node1: its disk is Diskless, not UpToDate',
    ],
    [
      'the only one that has changes',
      { ...survivor, generation: gi('AAAA0'), parting: '' },
      victim,
      'node2: it has all that node1 has, and more: a wrong victim',
    ],
    [
      'where only the survivor has changes',
      survivor,
      { ...victim, generation: gi('AAAA0'), parting: '' },
      /so nobody has to lose anything; rejoin node2$/,
    ],
    [
      'of another pair',
      survivor,
      { ...victim, generation: gi('CCCC0', 'DDDD0'), parting: 'DDDD0\n' },
      /no common past/,
    ],
    [
      'without metadata',
      survivor,
      { ...victim, generation: { exitCode: 1, stdout: '', stderr: 'no' }, parting: '' },
      /cannot tell its generation/,
    ],
    [
      'with new metadata',
      survivor,
      { ...victim, generation: gi('4'), parting: '' },
      /is no proof of anything$/,
    ],
    [
      'connected',
      { ...survivor, replication: drbd('Connected', 'Primary/Secondary', 'UpToDate/UpToDate') },
      victim,
      'node1: its connection is Connected, not StandAlone or WFConnection',
    ],
    [
      'that has not met the other since',
      { ...survivor, replication: waiting('Primary/Unknown') },
      { ...victim, replication: waiting('Primary/Unknown') },
      /^node2 and node1: neither stands alone/,
    ],
    [
      'where DRBD is not up',
      { ...survivor, replication: 'version: 8.4.11\n' },
      victim,
      'node1: /proc/drbd does not show device 0',
    ],
    [
      'without room',
      survivor,
      { ...victim, room: '/var/kept has 9 KiB free\n' },
      'node2: /var/kept has 9 KiB free',
    ],
    ['with a silent survivor', undefined, victim, 'node1 did not answer'],
    ['that is silent', survivor, undefined, 'node2 did not answer'],
  ])('cannot be one %s', (_, node1, node2, reason) => {
    const reasons = refusals(guard, usual, node1, node2, 'node2')
    expect(reasons).toContainEqual(typeof reason === 'string' ? reason : expect.stringMatching(reason))
  })

  test('may be the one that serves where that is said, and somebody can take over', () => {
    const named = splitBrain({ ...split, interrupt: true })
    const idle = { ...survivor, service: '' }
    expect(refusals(named, usual, idle, { ...victim, service: VIP }, 'node2')).toEqual([])
    expect(
      refusals(named, usual, { ...idle, heartbeat: 'inactive\n' }, { ...victim, service: VIP }, 'node2'),
    ).toEqual(['node1: its heartbeat is not active, so nobody would take over from node2'])
  })
})

describe('the changes of the victim are given up', () => {
  const guard = discardedCopy(split)
  const stopped = { ...victim, heartbeat: 'inactive\n' }
  const ready = { ...survivor, replication: waiting('Primary/Unknown') }

  test('once it is idle, and an image is kept', () => {
    expect(refusals(guard, usual, ready, stopped, 'node2')).toEqual([])
  })

  test.each<[string, Said, Said, string]>([
    ['its heartbeat runs', ready, victim, 'node2: heartbeat is active'],
    [
      'it is primary',
      ready,
      { ...stopped, replication: alone('Primary/Unknown') },
      'node2: its role is Primary, not Secondary',
    ],
    [
      'nothing is kept',
      ready,
      { ...stopped, kept: { exitCode: 2, stdout: '', stderr: 'ls: no such file' } },
      'node2 cannot tell its kept (exit 2: ls: no such file)',
    ],
    [
      'the survivor is not good',
      { ...ready, replication: drbd('WFConnection', 'Secondary/Unknown', 'Consistent/DUnknown') },
      stopped,
      'node1: its disk is Consistent, not UpToDate',
    ],
  ])('not while %s', (_, node1, node2, reason) => {
    expect(refusals(guard, usual, node1, node2, 'node2')).toContain(reason)
  })
})
