import { describe, expect, test } from 'vitest'
import { replicationFindings } from '../../../playbooks/parts/database/findings.mjs'

type Change = Readonly<Record<string, string>>

const SOURCE = {
  vip: 'yes',
  server_id: '1',
  database: 'writable',
  follows: 'none',
  written: '0-1-8',
  arrived: '',
}
const REPLICA = {
  vip: 'no',
  database: 'readable',
  follows: '192.168.57.11',
  source_is: '192.168.57.11',
  complete: 'yes',
  different: '',
  receiver: 'Yes',
  applier: 'Yes',
  behind: '0',
  written: '0-1-8',
  arrived: '0-1-8,0-1-8',
}

const judged = (source: Change | undefined, replica: Change | undefined, semiSync = false) =>
  replicationFindings(
    [
      { name: 'node1', said: source && { ...SOURCE, ...source } },
      { name: 'node2', said: replica && { ...REPLICA, ...replica } },
    ],
    semiSync,
  ).map(({ severity, what, lost }) => [severity, what, lost ?? '-'])

const NOTHING = 'nothing of the database so far'
const UNKNOWN = 'nobody knows how much of the database'
const ONE_SIDE = 'what one of the two has written'

describe('replication', () => {
  test('is well', () => {
    expect(judged({}, {})).toEqual([])
  })

  test.each<[string, string, string, string]>([
    ['a transaction', '0-1-9', '1', '0-1-9'],
    ['what a busy source writes between two questions', '0-1-1008', '1000', '0-1-9..1008'],
  ])('is well while %s is on its way, which would be lost', (_, written, count, range) => {
    const what = `transactions of node1 that had not arrived on node2 when both were asked: ${count}`
    expect(judged({ written }, { behind: '1' })).toEqual([
      ['ok', what, `transactions of the database: ${range}`],
    ])
  })

  test('is not well where far more has not arrived, though both threads run', () => {
    const what = 'transactions of node1 that had not arrived on node2 when both were asked: 1001'
    expect(judged({ written: '0-1-1009' }, {})).toEqual([
      ['warning', what, 'transactions of the database: 0-1-9..1009'],
    ])
  })

  test('is over where each has what the other one lacks, and neither takes writes', () => {
    const apart = (arrived: string) =>
      judged(
        { vip: 'no', database: 'readable', written: '0-1-12', arrived },
        { follows: 'none', written: '0-1-8,0-2-9', arrived: '' },
      ).filter(([severity]) => severity === 'critical')
    const what =
      'the databases of node1 (0-1-9..12) and node2 (0-2-1..9) have gone different ways: resolve-split-brain.mjs where DRBD is apart, else db-promote vouch on the one to go on with'
    expect(apart('')).toEqual([['critical', what, ONE_SIDE]])
    expect(apart('0-2-9')).toEqual([])
  })

  test('is well where the replica was asked last, and has what the source has written meanwhile', () => {
    expect(judged({}, { written: '0-1-10', arrived: '0-1-10,0-1-11' })).toEqual([])
  })

  test.each<[string, Change | undefined, Change | undefined, [string, string, string][]]>([
    [
      'its source cannot be reached: Connecting is not replicating',
      { written: '0-1-12' },
      { receiver: 'Connecting', behind: '', stumbled: 'error reconnecting' },
      [
        [
          'warning',
          'the database of node2 receives nothing from node1 (IO thread: Connecting): error reconnecting',
          'transactions of the database: 0-1-9..12',
        ],
      ],
    ],
    [
      'a statement cannot be applied; what has arrived is not lost',
      { written: '0-1-9' },
      { applier: 'No', behind: '', arrived: '0-1-8,0-1-9', stumbled: "Duplicate entry '1'" },
      [['warning', "the database of node2 applies nothing (SQL thread: No): Duplicate entry '1'", NOTHING]],
    ],
    [
      'both threads are stopped, as after a boot',
      {},
      { receiver: 'No', applier: 'No', behind: '' },
      [
        ['warning', 'the database of node2 receives nothing from node1 (IO thread: No)', NOTHING],
        ['warning', 'the database of node2 applies nothing (SQL thread: No)', NOTHING],
      ],
    ],
    ['behind', {}, { behind: '11' }, [['warning', 'the database of node2 is 11 seconds behind', NOTHING]]],
    [
      'nobody is followed',
      { written: '0-1-9' },
      { follows: 'none', receiver: '', applier: '' },
      [['warning', 'the database of node2 follows nobody', 'transactions of the database: 0-1-9']],
    ],
    [
      'another one is followed',
      {},
      { follows: '192.168.57.99' },
      [['warning', 'the database of node2 follows 192.168.57.99, not node1 (192.168.57.11)', NOTHING]],
    ],
    [
      'the replica has transactions of its own',
      {},
      { written: '0-1-8,0-2-9' },
      [['warning', 'the database of node2 has transactions of its own (0-2-1..9): see rejoin.mjs', NOTHING]],
    ],
    [
      'the source has lost what it had written, and the replica has it',
      {},
      { written: '0-1-10', receiver: 'No', stumbled: 'requested GTID is not in the binlog' },
      [
        [
          'warning',
          'the database of node2 receives nothing from node1 (IO thread: No): requested GTID is not in the binlog',
          NOTHING,
        ],
        ['warning', 'the database of node2 has transactions of its own (0-1-9..10): see rejoin.mjs', NOTHING],
      ],
    ],
    [
      'the wrong direction',
      { follows: '192.168.57.12' },
      {},
      [
        [
          'critical',
          'the database of node1 takes writes, and is set to follow 192.168.57.12: the wrong direction',
          '-',
        ],
      ],
    ],
    [
      'two servers take writes',
      {},
      { database: 'writable' },
      [
        ['critical', 'the databases of node1 and node2 both take writes', ONE_SIDE],
        ['critical', 'the database of node2 takes writes, and it does not hold the address', ONE_SIDE],
      ],
    ],
    [
      'nobody takes writes',
      { database: 'readable' },
      {},
      [['critical', 'node1 holds the address, and its database takes no writes', '-']],
    ],
    [
      'the source is down',
      { database: 'down', written: '' },
      {},
      [['critical', 'the database of node1 is down, which holds the address', '-']],
    ],
    [
      'the replica is down',
      {},
      { database: 'down' },
      [['warning', 'the database of node2 is down', UNKNOWN]],
    ],
    [
      'a copy that was cut off, whose threads run all the same',
      { written: '0-1-9' },
      { complete: 'no', receiver: 'No' },
      [
        [
          'warning',
          'the copy of the database on node2 is not complete: run reseed.mjs -e node=node2',
          UNKNOWN,
        ],
      ],
    ],
    [
      'a replica whose tables were found to differ',
      {},
      { different: '0-1-7' },
      [
        [
          'warning',
          'tables of node2 differ from those of node1, as was found at 0-1-7: stop its threads (STOP SLAVE) and run reseed.mjs -e node=node2',
          UNKNOWN,
        ],
      ],
    ],
    [
      'the replica is silent',
      {},
      undefined,
      [['warning', 'what the database of node2 has is not known', UNKNOWN]],
    ],
    [
      'the source is silent, and what it has is not known',
      undefined,
      { receiver: 'Connecting', behind: '' },
      [
        ['warning', 'the database of node2 receives nothing from node1 (IO thread: Connecting)', UNKNOWN],
        ['warning', 'what the database of node1 has is not known', UNKNOWN],
      ],
    ],
  ])('%s', (_, source, replica, findings) => {
    expect(judged(source, replica)).toEqual(findings)
  })
})

describe('semi-synchronous replication', () => {
  const OFF = { semi_sync: 'OFF', acknowledging: '1' }
  const what = 'commits on node1 do not wait for node2, though semi_sync is wanted'

  test.each<[string, Change, Change]>([
    ['a commit waits', { semi_sync: 'ON', acknowledging: '1' }, {}],
    ['a commit waits, and its transaction is on its way', { semi_sync: 'ON', written: '0-1-9' }, {}],
    ['the next commit waits: nothing was written since the replica came', OFF, {}],
  ])('is well: %s', (_, source, replica) => {
    expect(judged(source, replica, true)).toEqual([])
  })

  test.each<[string, Change, Change, string]>([
    ['the replica was too slow', { ...OFF, written: '0-1-9' }, {}, 'transactions of the database: 0-1-9'],
    ['no replica acknowledges', { ...OFF, acknowledging: '0' }, {}, NOTHING],
    ['the server has no word for it', { semi_sync: '', acknowledging: '' }, {}, NOTHING],
  ])('is a warning: %s', (_, source, replica, lost) => {
    expect(judged(source, replica, true)).toEqual([['warning', what, lost]])
    expect(judged(source, replica).filter(([severity]) => severity !== 'ok')).toEqual([])
  })

  test.each<[string, Change | undefined, Change | undefined]>([
    ['the replica receives nothing', { ...OFF, acknowledging: '0' }, { receiver: 'Connecting' }],
    ['the replica is silent', { ...OFF, acknowledging: '0' }, undefined],
    ['nobody takes writes', { ...OFF, database: 'readable' }, {}],
    ['the source is silent', undefined, {}],
  ])('is nothing beside what explains it: %s', (_, source, replica) => {
    expect(judged(source, replica, true)).toEqual(judged(source, replica))
  })
})
