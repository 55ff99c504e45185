import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { describeTransactions, parseGtids, UNKNOWN_TO, unknownTo } from '../../../lib/replication/gtid.ts'

/** The same question to the function that runs on the nodes. */
function inShell(shell: string, theirs: string, ours: string): string {
  const [command = '', ...words] = shell.split(' ')
  const script = `${UNKNOWN_TO.text}\nunknown_to "$1" "$2"`
  const { stdout, stderr } = spawnSync(command, [...words, '-c', script, 'sh', theirs, ours], {
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  return stdout.trim()
}

describe('transactions that another history does not reach', () => {
  test.each<[string, string, string, string]>([
    ['none at all', '', '', ''],
    ['none of an empty one', '', '0-1-5', ''],
    ['none of the same one', '0-1-5', '0-1-5', ''],
    ['none of an older one', '0-1-5', '0-1-7', ''],
    ['all of one against nothing', '0-1-5', '', '0-1-1..5'],
    ['the one that was never sent', '0-1-100', '0-1-99,0-2-104', '0-1-100'],
    ['several that were never sent', '0-1-103', '0-2-104,0-1-99', '0-1-100..103'],
    ['none where the position of the replica reaches them', '0-1-7', ',0-1-7', ''],
    ['none where only the position of one server does', '0-1-7,0-2-9', '0-1-7,0-2-9,0-2-9', ''],
    ['those of another server', '0-1-7,0-2-9', '0-1-7', '0-2-1..9'],
    ['those of another domain', '1-1-3', '0-1-9', '1-1-1..3'],
    ['of each server', '0-1-7,0-2-9', '0-1-6,0-2-7', '0-1-7 0-2-8..9'],
    ['with blanks, as a status prints them', '0-1-7, 0-2-9', '0-1-7, 0-2-8', '0-2-9'],
    ['beyond 32 bits', '0-1-4294967299', '0-1-4294967297', '0-1-4294967298..4294967299'],
  ])('%s', (_, theirs, ours, expected) => {
    expect(unknownTo(theirs, ours).map(describeTransactions).join(' ')).toBe(expected)
    // mksh computes with 32 bits; MariaDB's nodes run dash, bash or busybox as sh.
    for (const shell of ['dash', 'bash --posix', 'busybox sh'])
      expect(inShell(shell, theirs, ours), shell).toBe(expected)
  })

  test.each([
    '0-1',
    'a-b-c',
    '0-1-5 0-2-6',
    "0-1-5'",
    '3E11FA47-71CA-11E1-9E33-C80AA9429562:1-5',
  ])('what is no GTID of MariaDB is never taken for an empty history: %s', (text) =>
    expect(() => parseGtids(text)).toThrow(/is no GTID of MariaDB/))
})
