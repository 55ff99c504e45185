import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { dialects, OLD_STATUS, SPEAK } from '../../../lib/replication/dialect.ts'
import { changeSource } from '../../../lib/replication/replica.ts'
import { Secret } from '../../../lib/secret.ts'
import { sh } from '../../../lib/shell/sh.ts'

const source = { host: '192.0.2.1', user: 'repl', password: new Secret('pw', 'correct-horse') }

/** What a node would say, which chooses by the version of its own server. */
function said(version: string) {
  const script = sh`
    version=${version}
    ${SPEAK}
    from=\${after_writes:-none}
    echo ${changeSource(source, sh`"$from"`)}
    echo "START $replica"
    echo "SHOW $replica STATUS"
    echo "RESET $replica ALL"
    echo "$binlog_status"
    echo "$reset_binlog"
    echo "$dump_position"`
  const input = `secret_pw=correct-horse\n${script.text}`
  const answers = ['dash', 'bash', 'busybox', 'mksh'].map((shell) => {
    const words = shell === 'busybox' ? ['sh', '-s'] : ['-s']
    const { status, stdout, stderr } = spawnSync(shell, words, { input, encoding: 'utf8' })
    return status === 0 ? stdout : stderr
  })
  expect(new Set(answers).size).toBe(1)
  return answers[0]?.trimEnd().split('\n') ?? []
}

const OLD = [
  ...['START SLAVE', 'SHOW SLAVE STATUS', 'RESET SLAVE ALL'],
  ...['SHOW MASTER STATUS', 'RESET MASTER'],
]
const NEW = ['START REPLICA', 'SHOW REPLICA STATUS', 'RESET REPLICA ALL']
const master = (from: string, more = '') =>
  "CHANGE MASTER TO MASTER_HOST = '192.0.2.1', MASTER_PORT = 3306, MASTER_USER = 'repl', " +
  `MASTER_PASSWORD = 'correct-horse', MASTER_CONNECT_RETRY = 1, ${from}${more}`
const replicated =
  "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '192.0.2.1', SOURCE_PORT = 3306, SOURCE_USER = 'repl', " +
  "SOURCE_PASSWORD = 'correct-horse', SOURCE_CONNECT_RETRY = 1, SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1"
const GTIDS = '--master-data=2 --set-gtid-purged=ON'

describe('each server hears its own words', () => {
  test.each<[string, string[]]>([
    ['5.1.73', [master('none'), ...OLD, '--master-data=1']],
    ['5.5.62-log', [master('none'), ...OLD, '--master-data=1']],
    ['5.5.68-MariaDB', [master('none'), ...OLD, '--master-data=1']],
    ['10.1.48-MariaDB', [master('MASTER_USE_GTID = current_pos'), ...OLD, '--master-data=1 --gtid']],
    ['10.6.18-MariaDB-log', [master('MASTER_USE_GTID = current_pos'), ...OLD, '--master-data=1 --gtid']],
    [
      '10.11.19-MariaDB-0+deb12u1',
      [master('MASTER_USE_GTID = slave_pos, MASTER_DEMOTE_TO_SLAVE = 1'), ...OLD, '--master-data=1 --gtid'],
    ],
    [
      '11.8.2-MariaDB',
      [master('MASTER_USE_GTID = slave_pos, MASTER_DEMOTE_TO_SLAVE = 1'), ...OLD, '--master-data=1 --gtid'],
    ],
    ['5.6.51', [master('MASTER_AUTO_POSITION = 1'), ...OLD, GTIDS]],
    ['5.7.44-log', [master('MASTER_AUTO_POSITION = 1'), ...OLD, GTIDS]],
    ['8.0.21', [master('MASTER_AUTO_POSITION = 1', ', GET_MASTER_PUBLIC_KEY = 1'), ...OLD, GTIDS]],
    [
      '8.0.22',
      [master('MASTER_AUTO_POSITION = 1', ', GET_MASTER_PUBLIC_KEY = 1'), ...NEW, ...OLD.slice(3), GTIDS],
    ],
    ['8.0.23', [replicated, ...NEW, ...OLD.slice(3), GTIDS]],
    [
      '8.0.36-0ubuntu0.22.04.1',
      [replicated, ...NEW, ...OLD.slice(3), '--source-data=2 --set-gtid-purged=ON'],
    ],
    [
      '8.4.5',
      [
        ...[replicated, ...NEW, 'SHOW BINARY LOG STATUS', 'RESET BINARY LOGS AND GTIDS'],
        '--source-data=2 --set-gtid-purged=ON',
      ],
    ],
  ])('%s', (version, words) => expect(said(version)).toEqual(words))

  test('one that nobody described is a failure, not a guess', () => {
    expect(said('4.1.22')).toEqual(['nothing is known of the replication of mysql 4.1.22'])
  })
})

describe('semi-synchronous replication', () => {
  const of = (pattern: string) => dialects.find(({ versions }) => versions.includes(pattern))?.semiSync
  test.each([
    ['mysql 5.[01].*', undefined],
    ['mysql 5.5.*', { words: 'master/slave', plugin: true, afterSync: false }],
    ['mysql 5.7.*', { words: 'master/slave', plugin: true, afterSync: true }],
    ['mysql 8.0.*', { words: 'source/replica', plugin: true, afterSync: true }],
    ['mariadb 10.[3-9].*', { words: 'master/slave', plugin: false, afterSync: true }],
  ])('%s', (pattern, expected) => expect(of(pattern)).toEqual(expected))
})

test('the server itself tells which word its status has', () => {
  const [, pattern = ''] = /REGEXP '(.*)'/.exec(OLD_STATUS) ?? []
  const isOld = (version: string) => version.includes('MariaDB') || new RegExp(pattern).test(version)
  for (const version of ['5.1.73', '5.7.44-log', '8.0.2', '8.0.19', '8.0.21-log', '11.8.2-MariaDB'])
    expect(isOld(version), version).toBe(true)
  for (const version of ['8.0.22', '8.0.36-0ubuntu0.22.04.1', '8.2.0', '8.4.5', '9.1.0'])
    expect(isOld(version), version).toBe(false)
})
