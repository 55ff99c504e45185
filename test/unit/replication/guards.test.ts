import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { databaseHandover, following, givenUp, reseeding, seeding } from '../../../lib/replication/index.ts'
import type { Answer } from '../../../lib/resource/contract.ts'
import { refusals, type Said } from '../cluster/said.ts'
import { sandbox } from '../playbooks/sandbox.ts'

const nodes = ['node1', 'node2'] as const

/** What `describeServer` prints of a MariaDB. */
function server(readOnly: string, follows?: string, io = 'Yes', sql = 'Yes') {
  const threads =
    follows === undefined
      ? ''
      : `*************************** 1. row ***************************
                   Master_Host: ${follows}
              Slave_IO_Running: ${io}
             Slave_SQL_Running: ${sql}
`
  return `Variable_name\tValue
gtid_binlog_state\t0-1-8
gtid_slave_pos\t0-1-8
read_only\t${readOnly}
server_id\t1
version\t10.11.19-MariaDB
${threads}`
}

const DOWN: Answer = { exitCode: 75, stdout: '', stderr: "ERROR 2002 (HY000): Can't connect" }
const OWN = 'it has transactions that its peer does not know (0-1-100); rejoin.mjs lists and saves them first'

type Row = [string, Said | undefined, Said | undefined, string]

const ofBoth: Row[] = [
  ['it takes writes', { database: server('OFF') }, {}, 'node1: its database takes writes'],
  ['its server is down', { database: DOWN }, {}, /node1 cannot tell its database/.source],
  ['its peer is down', {}, { database: DOWN }, /node2 cannot tell its database/.source],
  ['its peer is silent', {}, undefined, 'node2 did not answer'],
  ['it is not understood', { database: 'mysqld: ready\n' }, {}, /node1: .* is not understood/.source],
  ['its peer is not understood', {}, { database: '' }, /node2: .* is not understood/.source],
]

describe('a node that is to follow', () => {
  const guard = following({ nodes })
  const usual = { database: server('ON'), conflicts: '' }

  test('may, where the other one follows nobody and knows everything', () => {
    expect(refusals(guard, usual, {}, {})).toEqual([])
    expect(
      refusals(guard, usual, { database: server('ON', '192.0.2.2', 'No') }, { database: server('OFF') }),
    ).toEqual([])
  })

  test.each<Row>([
    ...ofBoth,
    ['it has transactions of its own', { conflicts: `${OWN}\n` }, {}, `node1: ${OWN}`],
    ['what it has is not known', { conflicts: DOWN }, {}, 'node1 cannot tell its conflicts'],
    [
      'the other one follows it',
      {},
      { database: server('ON', '192.0.2.1') },
      'node2: its database follows 192.0.2.1',
    ],
  ])('is refused: %s', (_, node1, node2, reason) => {
    expect(refusals(guard, usual, node1, node2).join('\n')).toMatch(escaped(reason))
  })
})

describe('a first copy', () => {
  const guard = seeding({ nodes })
  const usual = { database: server('ON'), content: '', conflicts: '' }

  test('is made where nothing is, or where an earlier one was cut off', () => {
    expect(refusals(guard, usual, {}, { content: 'database app\n' })).toEqual([])
    expect(refusals(guard, usual, { content: 'incomplete\n' }, {})).toEqual([])
  })

  test.each<Row>([
    ...ofBoth,
    ['it holds a database', { content: 'database app\n' }, {}, 'node1: it holds database app'],
    ['it has a history', { content: 'transactions: 0-1-5\n' }, {}, 'node1: it holds transactions: 0-1-5'],
    ['what it holds is not known', { content: DOWN }, {}, 'node1 cannot tell its content'],
    [
      'both have one server_id',
      { conflicts: 'it has the server_id 1\n' },
      {},
      'node1: it has the server_id 1',
    ],
    [
      'the source follows another one',
      {},
      { database: server('ON', '192.0.2.9') },
      'node2: its database follows',
    ],
  ])('is refused: %s', (_, node1, node2, reason) => {
    expect(refusals(guard, usual, node1, node2).join('\n')).toMatch(escaped(reason))
  })
})

describe('a move of the permission to write', () => {
  // The target comes first, as for all guards of this table.
  const guard = databaseHandover({ from: 'node2', to: 'node1', source: '192.0.2.2' })
  const usual = { database: server('ON', '192.0.2.2'), lacking: '' }
  const source = { database: server('OFF') }

  test('may begin, where the replica has what the source had written', () => {
    expect(refusals(guard, usual, {}, source)).toEqual([])
  })

  test.each<Row>([
    ...ofBoth.map(
      ([what, node1, node2, reason]): Row => [what, node1, node2 && { ...source, ...node2 }, reason],
    ),
    [
      'it follows nobody',
      { database: server('ON') },
      source,
      'node1: its database follows nobody, not 192.0.2.2',
    ],
    [
      'it follows another one',
      { database: server('ON', '192.0.2.22') },
      source,
      'node1: its database follows 192.0.2.22, not 192.0.2.2',
    ],
    [
      'its replica does not run',
      { lacking: 'its replica does not run (IO Connecting, SQL Yes):\n' },
      source,
      'node1: its replica does not run (IO Connecting, SQL Yes)',
    ],
    ['what it lacks is not known', { lacking: DOWN }, source, 'node1 cannot tell its lacking'],
    ['nobody takes writes', {}, { database: server('ON') }, 'node2: its database takes no writes'],
    ['the source follows it', {}, { database: server('OFF', '192.0.2.1') }, 'node2: its database follows'],
  ])('is refused: %s', (_, node1, node2, reason) => {
    expect(refusals(guard, usual, node1, node2).join('\n')).toMatch(escaped(reason))
  })
})

describe('a copy made anew', () => {
  const guard = reseeding({ nodes }, '192.0.2.10')
  const usual = { database: server('ON'), address: '', unsaved: '' }
  const source = { database: server('OFF') }

  test('is not made where it cannot be told at that moment whether this one serves', () => {
    const mariadb = `printf 'read_only\\tON\\n'`
    const agrees = (ip: string) => sandbox({ ip, mariadb }).run(guard.recheck.text).exitCode === 0
    expect([agrees(':'), agrees('echo 3: eth1 inet'), agrees('exit 1')]).toEqual([true, false, false])
  })

  test('is made where writes go elsewhere and nothing is lost', () => {
    expect(refusals(guard, usual, { database: server('ON', '192.0.2.2', 'No', 'No') }, source)).toEqual([])
  })

  test.each<Row>([
    ...ofBoth.map(
      ([what, node1, node2, reason]): Row => [what, node1, node2 && { ...source, ...node2 }, reason],
    ),
    [
      'it holds the address',
      { address: '2: eth1 inet 192.0.2.10/24\n' },
      source,
      'node1: it holds 192.0.2.10',
    ],
    ['its own are not saved', { unsaved: '0-1-9 is not saved\n' }, source, 'node1: 0-1-9 is not saved'],
    ['whether they are is not known', { unsaved: DOWN }, source, 'node1 cannot tell its unsaved'],
    ['nobody takes writes', {}, {}, 'node2: its database takes no writes'],
    ['the source follows it', {}, { database: server('OFF', '192.0.2.1') }, 'node2: its database follows'],
  ])('is refused: %s', (_, node1, node2, reason) => {
    expect(refusals(guard, usual, node1, node2).join('\n')).toMatch(escaped(reason))
  })
})

describe('a copy that was cut off', () => {
  /** What a node answers to a question of a guard; its threads run. */
  const answer = (question: string | undefined, mark: string) => {
    const threads = server('ON', '192.0.2.2').replaceAll('\n', '\\n').replaceAll('\t', '\\t')
    const box = sandbox({
      mariadb: `case "$*" in *--defaults-file=*) echo 'id: 2' ;; *) cat >/dev/null; printf '${threads}waited: 0\\n' ;; esac`,
    })
    if (mark !== '') writeFileSync(join(box.folder, mark), '0-1-7\n')
    return box.run(question?.replaceAll('/var/lib/db-promote', box.folder) ?? '').stdout
  }
  const follows = following({ nodes }).ask.conflicts?.text
  const takesOver = databaseHandover({ from: 'node2', to: 'node1', source: '192.0.2.2' }).ask.lacking?.text
  const HALF = 'its copy is not complete (0-1-7): run reseed.mjs for this node\n'

  test.each([
    ['follows nobody, since its threads would run', follows, HALF],
    ['gets no service, though its threads run', takesOver, HALF],
  ])('%s', (_, question, reason) => {
    expect(answer(question, '')).toBe('')
    expect(answer(question, 'incomplete')).toBe(reason)
  })

  test('and one whose tables differ gets no service either', () => {
    expect(answer(takesOver, 'different')).toBe(
      'its tables were found to differ from those of its source at 0-1-7: run reseed.mjs for this node\n',
    )
    expect(answer(follows, 'different')).toBe('')
  })
})

/** Reasons are plain text but for `.*`. */
function escaped(reason: string): RegExp {
  return new RegExp(reason.replaceAll(/[()[\]]/g, '\\$&'))
}

describe('the word for the survivor of a split', () => {
  const guard = givenUp({ victim: 'node1', survivor: 'node2', vip: '192.0.2.10' })
  const usual = { promotion: 'stopped\n', service: '', heartbeat: 'inactive\n', copy: '' }
  const judged = (node1: Said | undefined, node2: Said | undefined) =>
    refusals(guard, usual, node1, node2, 'node2')

  test('counts where nobody can add to what the victim has', () => {
    expect(judged({}, {})).toEqual([])
    const serves = { promotion: 'running\n', service: '2: eth1 inet 192.0.2.10/24', heartbeat: 'active\n' }
    expect(judged({}, serves)).toEqual([])
  })

  test.each<Row>([
    ['its database takes writes', { promotion: 'running\n' }, {}, 'node1: its database takes writes'],
    ['that is not known', { promotion: DOWN }, {}, 'node1 cannot tell its promotion'],
    ['it holds the address', { service: '2: eth1 inet 192.0.2.10/24' }, {}, 'node1: it holds 192.0.2.10'],
    ['its heartbeat could move the service', { heartbeat: 'active\n' }, {}, 'node1: heartbeat is active'],
    ['it is silent', undefined, {}, 'node1 did not answer'],
    [
      'the survivor has half a copy',
      {},
      { copy: 'its copy is not complete\n' },
      'node2: its copy is not complete',
    ],
    ['the survivor is silent', {}, undefined, 'node2 did not answer'],
  ])('is refused: %s', (_, node1, node2, reason) => {
    expect(judged(node1, node2).join('\n')).toMatch(escaped(reason))
  })
})
