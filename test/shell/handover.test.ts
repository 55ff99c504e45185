import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { databaseHandover } from '../../lib/replication/index.ts'
import type { Condition, Task } from '../../lib/resource/contract.ts'
import { command } from '../../lib/resources/index.ts'
import { sh } from '../../lib/shell/sh.ts'
import { isReplica } from '../../playbooks/parts/database/roles.mjs'
import { stateOf } from '../../playbooks/parts/database/state.mjs'
import { type Node, other, type Pair } from '../support/mariadb-pair.ts'
import { follow, runOn, startReplicating } from '../support/pair-runs.ts'

// Two real servers: the permission to write goes from one to the other on purpose, and the old source follows.

let pair: Pair
beforeEach(async () => {
  pair = await startReplicating('CREATE DATABASE app; CREATE TABLE app.t (id INT PRIMARY KEY) ENGINE=InnoDB')
})
afterEach(() => pair?.stop())

/** As the playbook has it on both nodes after a move. */
const follows = (node: Node, when?: Condition) => follow(pair, node, when)

/** The playbook's types are those of the build, the test's those of the sources. */
const unlessSource = (isHome: boolean) => isReplica(isHome) as unknown as Condition

/** What stands for heartbeat's order: the old source stops taking writes, and the target is promoted. */
const moved = (to: Node) =>
  command(
    { name: 'moved', unless: sh`false`, run: sh`exit 3` },
    { guard: databaseHandover({ from: other(to), to, source: '127.0.0.1' }) },
  )

const go = (node: Node, tasks: readonly Task[]) => runOn(pair, node, tasks)

const write = (node: Node, id: number) => pair[node].query(`INSERT INTO app.t VALUES (${id})`)
const rows = (node: Node) => pair[node].query('SELECT id FROM app.t ORDER BY id')

describe('a move on purpose', () => {
  it('loses nothing in either direction, and the old source follows the new one', async () => {
    let [from, to]: [Node, Node] = ['node1', 'node2']
    for (let id = 1; id <= 10; id += 2) {
      write(from, id)
      expect(pair.promote(from, 'stop').code).toBe(0)
      expect(pair.promote(to, 'start')).toMatchObject({ code: 0 })
      write(to, id + 1)
      expect((await go(from, [follows(from, unlessSource(from === 'node1'))])).errors).toEqual([])
      const position = pair[to].query('SELECT @@gtid_binlog_pos')
      expect(pair[from].query(`SELECT MASTER_GTID_WAIT('${position}', 20)`)).toBe('0')
      expect(rows(from)).toBe(rows(to))
      const history = 'SELECT @@gtid_binlog_state'
      expect(new Set(pair[from].query(history).split(','))).toEqual(
        new Set(pair[to].query(history).split(',')),
      )
      ;[from, to] = [to, from]
    }
    expect(rows('node1').split('\n')).toHaveLength(10)
  })

  it('leaves the one that takes writes alone, whoever that is', async () => {
    const { errors, outcomes } = await go('node1', [follows('node1', unlessSource(true))])
    expect({ errors, outcomes }).toEqual({ errors: [], outcomes: ['skipped'] })
  })

  it('begins where all that was written has been applied', async () => {
    write('node1', 1)
    // The order itself is not given here: that the change ran at all is what the guard let through.
    expect((await go('node2', [moved('node2')])).errors.join('\n')).toContain('the change failed')
    expect(rows('node2')).toBe('1')
  })
})

describe('is refused, and both keep what they have', () => {
  const refusal = async (to: Node) => {
    const kept = () => [pair.node1, pair.node2].map(({ query }) => query('SELECT id, @@read_only FROM app.t'))
    const before = kept()
    const said = (await go(to, [moved(to)])).errors.join('\n')
    expect(kept()).toEqual(before)
    expect(said).not.toContain('the change failed')
    return said
  }

  it('where the replica is behind: its lock keeps a row from being applied', {
    timeout: 120_000,
  }, async () => {
    pair.node2.query(
      'SET GLOBAL innodb_lock_wait_timeout = 600; STOP SLAVE SQL_THREAD; START SLAVE SQL_THREAD',
    )
    const lock = pair.sh(
      'node2',
      `{ mariadb -e 'BEGIN; SELECT * FROM app.t FOR UPDATE; DO SLEEP(50)' >/dev/null 2>&1 & } ; sleep 1; echo locked`,
    )
    expect(lock.trim()).toBe('locked')
    write('node1', 1)
    expect(await refusal('node2')).toMatch(
      /node2: it has not applied within 30 s what its source had written: 0-1-\d+/,
    )
  })

  it('where a thread of the replica does not run', async () => {
    pair.node2.query('STOP SLAVE SQL_THREAD')
    expect(await refusal('node2')).toContain('node2: its replica does not run (IO Yes, SQL No)')
    pair.node2.query('START SLAVE SQL_THREAD')
    await pair.node1.kill()
    await pair.node1.start()
    pair.node1.query('SET GLOBAL read_only = 0')
    pair.node2.query('STOP SLAVE IO_THREAD')
    expect(await refusal('node2')).toContain('(IO No, SQL Yes)')
  })

  it('to the one that takes writes already', async () => {
    expect(await refusal('node1')).toContain('node1: its database takes writes')
  })
})

describe('at the moment of the change', () => {
  /** The playbook runs it as the first thing of its change, a runbook likewise. */
  const agrees = () =>
    pair.sh('node2', `(\n${moved('node2').guard?.recheck.text}\n) 2>&1 && echo it agrees`).trim()

  it('the replica still agrees where it has everything', () => {
    expect(agrees()).toBe('it agrees')
  })

  it('it does not where it is behind or takes writes', () => {
    pair.node2.query('STOP SLAVE')
    expect(agrees()).toBe('')
    pair.node2.query('SET GLOBAL read_only = 0')
    expect(agrees()).toBe('')
  })

  it('it does not where nobody can tell any more what the source has written', () => {
    writeFileSync(join(pair.folder, 'node2', 'db-peer.cnf'), '[client]\nhost=127.0.0.1\nport=1\n')
    expect(agrees()).toContain('the database of the peer does not answer')
    expect(agrees()).not.toContain('it agrees')
  })
})

describe('what status is told', () => {
  const state = stateOf({ semi_sync: true })
  const told = (node: Node) => {
    const words = state.names.map((name) => `echo "${name} $${name}"`).join('\n')
    const read = state.read.text.replaceAll('/var/lib/db-promote', pair.remembered(node))
    const text = pair.sh(node, `${read}\n${words}`)
    return Object.fromEntries(
      text.split('\n').map((line) => [line.split(' ')[0], line.split(' ').slice(1).join(' ')]),
    )
  }

  it('is who follows whom, and what each has', () => {
    write('node1', 1)
    const position = pair.node1.query('SELECT @@gtid_binlog_pos')
    pair.node2.query(`SELECT MASTER_GTID_WAIT('${position}', 20)`)
    expect(told('node1')).toMatchObject({
      database: 'writable',
      server_id: '1',
      follows: 'none',
      threads: 'stopped',
      receiver: '',
      written: position,
    })
    expect(told('node2')).toMatchObject({
      database: 'readable',
      follows: '127.0.0.1',
      threads: 'running',
      receiver: 'Yes',
      applier: 'Yes',
      behind: '0',
      complete: 'yes',
      different: '',
      stumbled: '',
    })
    expect(told('node2').arrived).toContain(position)
  })

  it('is whether a commit waits for the replica, and whether one acknowledges', async () => {
    expect(told('node1')).toMatchObject({ semi_sync: 'OFF', acknowledging: '0' })
    pair.node1.query('SET GLOBAL rpl_semi_sync_master_timeout = 100, rpl_semi_sync_master_enabled = ON')
    expect(told('node1')).toMatchObject({ semi_sync: 'ON', acknowledging: '0' })
    write('node1', 1)
    expect(told('node1')).toMatchObject({ semi_sync: 'OFF', acknowledging: '0' })
    pair.node2.query('STOP SLAVE; SET GLOBAL rpl_semi_sync_slave_enabled = ON; START SLAVE')
    await vi.waitFor(() => expect(told('node1')).toMatchObject({ acknowledging: '1' }), 20_000)
    write('node1', 2)
    await vi.waitFor(() => expect(told('node1')).toMatchObject({ semi_sync: 'ON' }), 20_000)
  })

  it('is what an applier stumbled over, in one line without a backslash', async () => {
    pair.node2.query('SET SESSION sql_log_bin = 0; INSERT INTO app.t VALUES (5)')
    write('node1', 5)
    for (let tries = 0; tries < 200 && told('node2').applier !== 'No'; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 100))
    expect(told('node2')).toMatchObject({
      applier: 'No',
      behind: '',
      stumbled: expect.stringContaining("Duplicate entry '5'"),
    })
  })

  it('is that its copy was cut off, or was found to differ', async () => {
    writeFileSync(join(pair.remembered('node2'), 'incomplete'), 'it is being filled from node1\n')
    writeFileSync(join(pair.remembered('node2'), 'different'), '0-1-7\n')
    expect(told('node2')).toMatchObject({ threads: 'running', complete: 'no', different: '0-1-7' })
    expect(told('node1')).toMatchObject({ complete: 'yes', different: '' })
  })

  it('is that its server is down', async () => {
    await pair.node2.kill()
    expect(told('node2')).toMatchObject({ database: 'down', threads: 'stopped', written: '' })
    await pair.node2.start()
  })
})
