import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readReplication } from '../../../lib/cluster/drbd.ts'
import { drbdState } from '../../../lib/cluster/drbd-state.ts'

/** What DRBD 9 says, as drbdsetup-9.0(8) describes `events2 --now --statistics`. */
function events2({ role = 'Primary', link = 'Connected', peer = 'Secondary', disk = 'UpToDate' } = {}) {
  return (doing = 'Established', copy = 'UpToDate', behind = 0) =>
    [
      `exists resource name:other role:Secondary suspended:no write-ordering:flush`,
      `exists resource name:r0 role:${role} suspended:no write-ordering:flush`,
      `exists connection name:r0 peer-node-id:1 conn-name:node2 connection:${link} role:${peer} congested:no`,
      `exists device name:other volume:0 minor:7 disk:Diskless client:no quorum:yes size:0`,
      `exists device name:r0 volume:0 minor:0 disk:${disk} client:no quorum:yes size:262112 read:1048 written:0`,
      `exists peer-device name:r0 peer-node-id:1 conn-name:node2 volume:0 replication:${doing} peer-disk:${copy} ` +
        `peer-client:no resync-suspended:no received:0 sent:0 out-of-sync:${behind} pending:0 unacked:0`,
      'exists -',
      '',
    ].join('\n')
}

function say(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'runsheet-drbd-'))
  writeFileSync(join(folder, 'events'), text)
  writeFileSync(join(folder, 'drbdsetup'), `#!/bin/sh\ncat '${folder}/events'\n`)
  chmodSync(join(folder, 'drbdsetup'), 0o755)
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` }
  const { stdout, stderr } = spawnSync('sh', ['-c', drbdState('9').text], { env, encoding: 'utf8' })
  expect(stderr).toBe('')
  return stdout
}

test.each([
  [
    'a healthy pair',
    events2()(),
    {
      connection: 'Connected',
      role: 'Primary',
      peerRole: 'Secondary',
      disk: 'UpToDate',
      peerDisk: 'UpToDate',
    },
  ],
  [
    'a first copy',
    events2()('SyncSource', 'Inconsistent', 65432),
    {
      connection: 'SyncSource',
      role: 'Primary',
      peerRole: 'Secondary',
      disk: 'UpToDate',
      peerDisk: 'Inconsistent',
    },
  ],
  [
    'a peer that is away',
    events2({ link: 'Connecting', peer: 'Unknown' })('Off', 'DUnknown'),
    {
      connection: 'WFConnection',
      role: 'Primary',
      peerRole: 'Unknown',
      disk: 'UpToDate',
      peerDisk: 'DUnknown',
    },
  ],
  [
    'a split brain',
    events2({ role: 'Secondary', link: 'StandAlone', peer: 'Unknown' })('Off', 'DUnknown'),
    {
      connection: 'StandAlone',
      role: 'Secondary',
      peerRole: 'Unknown',
      disk: 'UpToDate',
      peerDisk: 'DUnknown',
    },
  ],
  [
    'a copy that is outdated',
    events2({ role: 'Secondary', peer: 'Primary', disk: 'Outdated' })(),
    {
      connection: 'Connected',
      role: 'Secondary',
      peerRole: 'Primary',
      disk: 'Outdated',
      peerDisk: 'UpToDate',
    },
  ],
])('DRBD 9 in the words of 8: %s', (_, text, expected) => {
  expect(readReplication(say(text), 0)).toEqual(expected)
})

test('the KiB that the peer has not got are in the line below', () => {
  expect(say(events2()('SyncSource', 'Inconsistent', 65432)).split('\n')).toContain('    oos:65432')
})

test('what is not configured has no line', () => {
  expect(readReplication(say('exists -\n'), 0)).toBeUndefined()
  expect(readReplication(say(events2()()), 1)).toBeUndefined()
})
