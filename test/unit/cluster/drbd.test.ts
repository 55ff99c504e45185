import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import {
  HAS_NO_GENERATION,
  IS_NEW_GENERATION,
  readGeneration,
  readReplication,
  replicationHolds,
  replicationProblems,
} from '../../../lib/cluster/drbd.ts'
import { quote } from '../../../lib/shell/quote.ts'
import type { Shell } from '../../../lib/shell/sh.ts'

const HEAD = 'version: 8.4.11 (api:1/proto:86-101)\nsrcversion: F73C670A7EC572DB9CF3E5B \n'
const SYNCING = `${HEAD} 0: cs:SyncSource ro:Primary/Secondary ds:UpToDate/Inconsistent C r-----
    ns:64 nr:0 dw:0 dr:64 al:8 bm:0 lo:0 pe:0 ua:0 ap:0 ep:1 wo:f oos:65432
\t[>...................] sync'ed:  6.3% (65432/65496)K
`

test('one device is read out of /proc/drbd', () => {
  expect(readReplication(SYNCING, 0)).toEqual({
    connection: 'SyncSource',
    role: 'Primary',
    peerRole: 'Secondary',
    disk: 'UpToDate',
    peerDisk: 'Inconsistent',
  })
})

test.each([
  ['nothing configured', HEAD, 0],
  ['another device', SYNCING, 1],
  ['the first digits of another device', SYNCING.replace(' 0:', '10:'), 0],
  ['a device taken down', `${HEAD} 0: cs:Unconfigured\n`, 0],
  ['DRBD 9', 'version: 9.1.7 (api:2/proto:110-121)\n', 0],
  ['no answer', '', 0],
])('%s is no state', (_, text, minor) => {
  expect(readReplication(text, minor)).toBeUndefined()
})

test('problems name the field, what is found and what is allowed', () => {
  expect(replicationProblems(SYNCING, 0, { connection: ['Connected'], role: ['Primary'] })).toEqual([
    'its connection is SyncSource, not Connected',
  ])
  expect(replicationProblems(HEAD, 0, {})).toEqual(['/proc/drbd does not show device 0'])
})

test.each([
  ['0000000000000004:0000000000000000:0000000000000000:0000000000000000:0:0:0:1:0:1:0', 'new'],
  ['6F9143DC61E2377B:242F3937D2A987CA:0000000000000004:0000000000000000:1:1:1:1:0:1:0', 'data'],
  ['6F9143DC61E2377B:0000000000000000:0000000000000000:0000000000000000:1:1:1:1:0:1:0', 'data'],
  // Just created, yet with a history: what is this?
  ['0000000000000004:242F3937D2A987CA:0000000000000000:0000000000000000:0:0:0:1:0:1:0', 'data'],
  ['0000000000000004:0000000000000000:0000000000000000:242F3937D2A987CA:0:0:0:1:0:1:0', 'data'],
  ['0000000000000004:0000000000000000:242F3937D2A987CA:0000000000000000:0:0:0:1:0:1:0', 'data'],
  ['No valid meta data found\n', 'none'],
  ['No valid meta data found on one disk, and data on the other\n', undefined],
  [
    'No valid meta data found\n6F9143DC61E2377B:0000000000000000:0000000000000000:0000000000000000:1:1',
    'data',
  ],
  ['', undefined],
  ["drbd.d/r0.res:3: Parse error: 'device' expected", undefined],
  ['open(/dev/vdb) failed: No such file or directory', undefined],
])('%j is of generation %s', (text, generation) => {
  expect(readGeneration(text)).toBe(generation)
  const said = { said_generation: text.trimEnd() }
  expect(holds(HAS_NO_GENERATION, said)).toBe(generation === 'none')
  expect(holds(IS_NEW_GENERATION, said)).toBe(generation === 'new')
})

test('a runbook reads the line of the very device, too', () => {
  const primary = replicationHolds(0, { role: ['Primary'] })
  const found = (text: string) => holds(primary, { said_replication: text })
  expect([SYNCING, SYNCING.replace(' 0:', '10:'), HEAD].map(found)).toEqual([true, false, false])
})

function holds({ text }: Shell, variables: Readonly<Record<string, string>>): boolean {
  const given = Object.entries(variables).map(([name, value]) => `${name}=${quote(value)}`)
  return spawnSync('sh', { input: [...given, text].join('\n') }).status === 0
}
