import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  describeServer,
  following,
  peerHasAll,
  readServer,
  replica,
  reseed,
  seed,
  seeding,
} from '../../lib/replication/index.ts'
import type { Task } from '../../lib/resource/contract.ts'
import { Secret } from '../../lib/secret.ts'
import { groupOf } from '../../playbooks/parts/cluster.mjs'
import { isReplica, isSource } from '../../playbooks/parts/database/roles.mjs'
import { stateOf } from '../../playbooks/parts/database/state.mjs'
import { settled } from '../../playbooks/parts/group.mjs'
import { type Node, other, type Pair, startPair } from '../support/mariadb-pair.ts'
import { follow, runOn } from '../support/pair-runs.ts'
import { replicating } from '../unit/playbooks/fixture.ts'

// Two real servers with the settings of the playbook, and the engine with a shell for each.

let pair: Pair
beforeEach(async () => {
  pair = await startPair()
})
afterEach(() => pair?.stop())

const empty = seeding({ nodes: ['node1', 'node2'] })

const filled = (node: Node) => seed({ source: pair.source(other(node)) }, { guard: empty })
const follows = (node: Node) => follow(pair, node)

const go = (node: Node, tasks: readonly Task[]) => runOn(pair, node, tasks)

const reasons = async (node: Node, task: Task) => {
  const { exitCode, errors } = await go(node, [task])
  expect(exitCode).toBe(3)
  return errors.join('\n')
}

const write = (node: Node, sql: string) =>
  pair[node].query(`SET GLOBAL read_only = 0; ${sql}; SET GLOBAL read_only = 1`)

const DATA = `CREATE DATABASE \`odd \`\`name\`; CREATE DATABASE app;
  CREATE TABLE app.safe (id INT PRIMARY KEY AUTO_INCREMENT, said TEXT) ENGINE=InnoDB;
  CREATE TABLE app.fast (id INT PRIMARY KEY) ENGINE=MyISAM;
  INSERT INTO app.safe (said) VALUES ('one'), ('two'); INSERT INTO app.fast VALUES (1), (2)`

const rows = (node: Node) =>
  pair[node].query('SELECT id, said FROM app.safe ORDER BY id; SELECT id FROM app.fast ORDER BY id')
const checksums = (node: Node) => pair[node].query('CHECKSUM TABLE app.safe, app.fast')
const applied = (node: Node) => {
  const position = pair[other(node)].query('SELECT @@gtid_current_pos')
  expect(pair[node].query(`SELECT MASTER_GTID_WAIT('${position}', 20)`)).toBe('0')
}

/** Waits until what the source wrote last is in the relay log of node2. */
const received = async () => {
  const position = pair.node1.query('SELECT @@gtid_current_pos')
  await vi.waitFor(
    () =>
      expect(pair.sh('node2', "mariadb -e 'SHOW SLAVE STATUS\\G'")).toContain(`Gtid_IO_Pos: ${position}\n`),
    60_000,
  )
}

/** Waits until the replica has noticed that its source is gone. */
const connecting = (node: Node) =>
  vi.waitFor(
    () => expect(pair.sh(node, "mariadb -e 'SHOW SLAVE STATUS\\G'")).toContain('IO_Running: Connecting'),
    60_000,
  )

/** node2 follows node1, which takes the writes. */
async function replicate(): Promise<void> {
  write('node1', DATA)
  expect((await go('node2', [filled('node2'), follows('node2')])).errors).toEqual([])
  expect(pair.promote('node1', 'start')).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('the database takes writes here'),
  })
}

describe('a first copy', () => {
  it('brings all data with their history, and what is written afterwards follows', async () => {
    write('node1', DATA)
    const { exitCode, outcomes } = await go('node2', [filled('node2'), follows('node2')])
    expect({ exitCode, outcomes }).toEqual({ exitCode: 0, outcomes: ['changed', 'changed'] })
    write('node1', "INSERT INTO app.safe (said) VALUES ('three'); INSERT INTO app.fast VALUES (3)")
    applied('node2')
    expect(rows('node2')).toBe(rows('node1'))
    expect(checksums('node2')).toBe(checksums('node1'))
    expect(pair.node2.query('SHOW DATABASES')).toContain('odd `name')
    const state = 'SELECT @@gtid_binlog_state'
    expect(pair.node2.query(state)).toBe(pair.node1.query(state))
  })

  it('is not made again, and costs no more round trips than anything else', async () => {
    await replicate()
    const again = await go('node2', [filled('node2'), follows('node2')])
    expect(again.outcomes).toEqual(['ok', 'ok'])
    expect(Math.max(...again.trips)).toBeLessThanOrEqual(3)
  })

  it('is refused where the node holds data, and the rows stay', async () => {
    write('node1', DATA)
    write(
      'node2',
      'SET SESSION sql_log_bin = 0; CREATE DATABASE precious; CREATE TABLE precious.t (id INT); INSERT INTO precious.t VALUES (4711)',
    )
    const said = await reasons('node2', filled('node2'))
    expect(said).toContain('node2: it holds database precious')
    expect(pair.node2.query('SELECT id FROM precious.t')).toBe('4711')
  })

  it('is refused while the node takes writes, and from a server that follows another one', async () => {
    pair.node2.query('SET GLOBAL read_only = 0')
    expect(await reasons('node2', filled('node2'))).toContain('node2: its database takes writes')
    pair.node2.query('SET GLOBAL read_only = 1')
    pair.node1.query("CHANGE MASTER TO MASTER_HOST = '127.0.0.9'")
    expect(await reasons('node2', filled('node2'))).toContain('node1: its database follows 127.0.0.9')
  })

  it('is refused where the source is down', async () => {
    write('node1', DATA)
    await pair.node1.kill()
    const said = await reasons('node2', filled('node2'))
    expect(said).toMatch(/node1 cannot tell its database/)
    expect(said).toMatch(/the database of the peer does not answer/)
    await pair.node1.start()
  })

  it('says so where it breaks off on its way in', async () => {
    write('node1', DATA)
    writeFileSync(
      join(pair.folder, 'bin', 'mariadb-dump'),
      "#!/bin/sh\necho 'CREATE TABLE nowhere.t (id INT);'\n",
    )
    expect((await go('node2', [filled('node2')])).errors.join()).toContain(
      'the dump of the peer did not arrive whole',
    )
    expect(existsSync(join(pair.remembered('node2'), 'incomplete'))).toBe(true)
  })

  it('begins anew after one that was cut off, which is never promoted', async () => {
    write('node1', DATA)
    writeFileSync(join(pair.remembered('node2'), 'incomplete'), 'it is being filled from node1\n')
    write('node2', 'SET SESSION sql_log_bin = 0; CREATE DATABASE half')
    expect(pair.promote('node2', 'start')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('not complete'),
    })
    expect((await go('node2', [filled('node2'), follows('node2')])).errors).toEqual([])
    expect(pair.node2.query('SHOW DATABASES')).not.toContain('half')
    expect(existsSync(join(pair.remembered('node2'), 'incomplete'))).toBe(false)
  })
})

describe('a node that shall follow', () => {
  it('is refused where it has a transaction of its own', async () => {
    await replicate()
    pair.node2.query('STOP SLAVE')
    write('node2', "INSERT INTO app.safe (said) VALUES ('errant')")
    expect(await reasons('node2', follows('node2'))).toMatch(
      /transactions that its peer does not know \(0-2-[\d.]+\); rejoin/,
    )
    expect(rows('node2')).toContain('errant')
  })

  it('is refused where it takes writes, and where the other one follows it', async () => {
    await replicate()
    expect(await reasons('node1', follows('node1'))).toContain('node1: its database takes writes')
    pair.node1.query('SET GLOBAL read_only = 1')
    expect(await reasons('node1', follows('node1'))).toContain('node2: its database follows 127.0.0.1')
  })

  it('is refused where both servers have one server_id', async () => {
    await replicate()
    pair.node2.query('STOP SLAVE; SET GLOBAL server_id = 1')
    expect(await reasons('node2', follows('node2'))).toContain('it has the server_id 1, as its peer has')
  })

  it('follows the one that was its replica, with everything that it wrote before', async () => {
    await replicate()
    pair.node1.query("INSERT INTO app.safe (said) VALUES ('before')")
    applied('node2')
    expect(pair.promote('node1', 'stop')).toMatchObject({ code: 0 })
    expect(pair.promote('node2', 'start')).toMatchObject({ code: 0 })
    pair.node2.query("INSERT INTO app.safe (said) VALUES ('after')")
    const { exitCode } = await go('node1', [follows('node1')])
    expect(exitCode).toBe(0)
    applied('node1')
    expect(rows('node1')).toContain('after')
    expect(checksums('node1')).toBe(checksums('node2'))
  })

  it('learns a password that has changed, and not because its source is down', async () => {
    await replicate()
    pair.node1.query("ALTER USER replication@127.0.0.1 IDENTIFIED BY 'another-password'")
    applied('node2')
    pair.sh('node2', `sed -i 's/^password=.*/password=another-password/' ${pair.folder}/node2/db-peer.cnf`)
    pair.node2.query('STOP SLAVE IO_THREAD; START SLAVE IO_THREAD')
    await vi.waitFor(
      () => expect(pair.sh('node2', "mariadb -e 'SHOW SLAVE STATUS\\G'")).toContain('Last_IO_Errno: 1045'),
      60_000,
    )
    const source = { ...pair.source('node1'), password: new Secret('password', 'another-password') }
    const renewed = replica({ source }, { guard: following({ nodes: ['node1', 'node2'] }) })
    expect((await go('node2', [reseed({ source }), renewed])).outcomes).toEqual(['ok', 'changed'])
    pair.node1.query("INSERT INTO app.safe (said) VALUES ('after')")
    applied('node2')
    await pair.node1.kill()
    await connecting('node2')
    expect((await go('node2', [renewed])).outcomes).toEqual(['ok'])
    await pair.node1.start()
  })

  it('says why its threads do not run', async () => {
    await replicate()
    pair.node2.query('STOP SLAVE')
    pair.node1.query("ALTER USER replication@127.0.0.1 IDENTIFIED BY 'another'")
    // The peer cannot be asked any more, so nobody knows whether it may follow.
    expect(await reasons('node2', follows('node2'))).toContain('Access denied')
  })
})

describe('db-promote', () => {
  const status = (node: Node) => pair.promote(node, 'status').stdout.trim()

  it('says exactly running or stopped, and does nothing twice', async () => {
    await replicate()
    expect([status('node1'), status('node2')]).toEqual(['running', 'stopped'])
    expect(pair.promote('node1', 'start')).toMatchObject({ code: 0, stderr: '' })
    expect(pair.promote('node2', 'stop')).toMatchObject({ code: 0, stderr: '' })
    expect([status('node1'), status('node2')]).toEqual(['running', 'stopped'])
    await pair.node2.kill()
    expect(status('node2')).toBe('stopped')
    await pair.node2.start()
  })

  it('does not promote beside a peer that takes writes', async () => {
    await replicate()
    expect(pair.promote('node2', 'start')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the database of the peer takes writes'),
    })
    expect(status('node2')).toBe('stopped')
  })

  it('hands over with nothing lost, and ends what a client has not committed', async () => {
    await replicate()
    pair.node2.query('STOP SLAVE SQL_THREAD')
    pair.node1.query("INSERT INTO app.safe (said) VALUES ('last words')")
    expect(pair.promote('node1', 'stop')).toMatchObject({ code: 0 })
    expect(status('node1')).toBe('stopped')
    pair.node2.query('START SLAVE SQL_THREAD')
    expect(pair.promote('node2', 'start')).toMatchObject({ code: 0 })
    expect(rows('node2')).toContain('last words')
    expect(pair.node2.query('SHOW SLAVE STATUS')).toBe('')
  })

  it('goes on from what had arrived when the source lost its power', async () => {
    await replicate()
    pair.node2.query('STOP SLAVE SQL_THREAD')
    pair.node1.query("INSERT INTO app.safe (said) VALUES ('committed')")
    await received()
    await pair.node1.kill()
    expect(pair.promote('node2', 'start')).toMatchObject({ code: 0 })
    expect(rows('node2')).toContain('committed')
    expect(pair.node2.query('SHOW SLAVE STATUS')).toBe('')
    await pair.node1.start()
    expect(status('node1')).toBe('stopped')
  })

  it('refuses a copy of unknown age while the peer is silent, until a person vouches for it', async () => {
    await replicate()
    pair.node2.query('STOP SLAVE')
    await pair.node1.kill()
    expect(pair.promote('node2', 'start')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/how old it is nobody knows.*db-promote vouch/),
    })
    expect(status('node2')).toBe('stopped')
    pair.promote('node2', 'vouch')
    expect(pair.promote('node2', 'start')).toMatchObject({ code: 0 })
    expect(existsSync(join(pair.remembered('node2'), 'vouched'))).toBe(false)
    await pair.node1.start()
  })

  it('goes on after a split without what only the peer has, once a person gives that up', async () => {
    await replicate()
    pair.node2.query('STOP SLAVE; RESET SLAVE ALL')
    write('node1', "INSERT INTO app.safe (said) VALUES ('of the victim')")
    write('node2', "INSERT INTO app.safe (said) VALUES ('of the survivor')")
    expect(pair.promote('node1', 'stop').code).toBe(0)
    expect(pair.promote('node2', 'vouched').code).toBe(1)
    expect(pair.promote('node2', 'vouch')).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/gives up: 0-1-\d+\n/),
    })
    expect(pair.promote('node2', 'vouched').code).toBe(0)
    expect(pair.promote('node2', 'start')).toMatchObject({ code: 0 })
    expect(rows('node2')).toContain('of the survivor')
    expect(existsSync(join(pair.remembered('node2'), 'vouched'))).toBe(false)
  })

  it.each([
    ['active', /not dead \(heartbeat says: active\).*db-promote vouch/],
    ['', /not dead \(heartbeat says: nothing\)/],
  ])('does not go on without a peer that may live: heartbeat says "%s"', async (heard, reason) => {
    await replicate()
    await pair.node1.kill()
    await connecting('node2')
    writeFileSync(join(pair.folder, 'node2', 'heard'), `${heard}\n`)
    expect(pair.promote('node2', 'start')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(reason),
    })
    expect(status('node2')).toBe('stopped')
    pair.promote('node2', 'vouch')
    expect(pair.promote('node2', 'start')).toMatchObject({ code: 0 })
    await pair.node1.start()
  })

  it('does not go on where heartbeat has no answer', async () => {
    await replicate()
    await pair.node1.kill()
    writeFileSync(join(pair.folder, 'bin', 'cl_status'), '#!/bin/sh\nexit 1\n')
    expect(pair.promote('node2', 'start')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('heartbeat says: nothing'),
    })
    await pair.node1.start()
  })

  it('waits for the end of a peer that is being shut down', async () => {
    await replicate()
    const heard = join(pair.folder, 'node2', 'heard')
    await pair.node1.kill()
    writeFileSync(heard, 'active\n')
    pair.sh('node2', `{ sleep 2; echo dead >${heard}; } >/dev/null 2>&1 &`)
    expect(pair.promote('node2', 'start')).toMatchObject({ code: 0 })
    await pair.node1.start()
  })

  it('believes a source whose server was restarted, but none that was told to stop', async () => {
    await replicate()
    await pair.node2.kill()
    await pair.node1.kill()
    await pair.node1.start()
    expect(pair.promote('node1', 'start')).toMatchObject({ code: 0 })
    expect(pair.promote('node1', 'stop')).toMatchObject({ code: 0 })
    expect(pair.promote('node1', 'start')).toMatchObject({ code: 1 })
    await pair.node2.start()
  })

  it('refuses a replica that cannot apply what it has received', async () => {
    await replicate()
    write('node2', "SET SESSION sql_log_bin = 0; INSERT INTO app.safe (id, said) VALUES (99, 'in the way')")
    pair.node1.query("INSERT INTO app.safe (id, said) VALUES (99, 'arrives')")
    await received()
    await pair.node1.kill()
    expect(pair.promote('node2', 'start')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/the relay log cannot be applied: .*Duplicate entry '99'/),
    })
    expect(status('node2')).toBe('stopped')
    await pair.node1.start()
  })
})

describe('a peer that could serve', () => {
  const ready = (node: Node) =>
    pair.sh(node, `${peerHasAll(undefined, `${pair.folder}/${node}/db-peer.cnf`).text}\necho $?`).trim() ===
    '0'

  it('has all that was written here when it was asked, and takes no writes', async () => {
    await replicate()
    expect(ready('node1')).toBe(true)
    pair.node2.query('STOP SLAVE; SET GLOBAL read_only = 0')
    expect(ready('node1')).toBe(false)
  })

  it.each([
    'STOP SLAVE IO_THREAD',
    'STOP SLAVE SQL_THREAD',
  ])('is none after %s, once it lacks something', async (sql) => {
    await replicate()
    pair.node2.query(sql)
    pair.node1.query("INSERT INTO app.safe (said) VALUES ('lacking')")
    expect(ready('node1')).toBe(false)
  })

  it('is none whose copy was cut off, though it stands where the dump stood', async () => {
    await replicate()
    pair.node2.query('STOP SLAVE; RESET MASTER')
    expect(ready('node1')).toBe(false)
  })

  it('is none whose database does not answer', async () => {
    await replicate()
    await pair.node2.kill()
    expect(ready('node1')).toBe(false)
    await pair.node2.start()
  })
})

describe('who follows whom', () => {
  const RUN = 0
  const SKIP = 1
  const CANNOT_TELL = 75
  const code = (node: Node, { test }: { test: { text: string } }) =>
    Number(pair.sh(node, `(\n${test.text}\n) >/dev/null 2>&1; echo $?`))
  const answers = (node: Node) => {
    const isHome = node === 'node1'
    return [code(node, isSource(isHome)), code(node, isReplica(isHome))]
  }
  const heartbeat = () => {
    for (const node of ['node1', 'node2']) writeFileSync(join(pair.folder, node, 'heartbeat'), '')
  }

  it('is the home node before heartbeat is in charge, and the other one its replica', () => {
    expect(answers('node1')).toEqual([RUN, SKIP])
    expect(answers('node2')).toEqual([SKIP, RUN])
  })

  it('is whoever takes the writes, and whoever follows', async () => {
    await replicate()
    heartbeat()
    expect(answers('node1')).toEqual([RUN, SKIP])
    expect(answers('node2')).toEqual([SKIP, RUN])
    expect(pair.promote('node1', 'stop').code).toBe(0)
    expect(pair.promote('node2', 'start').code).toBe(0)
    expect(answers('node1')).toEqual([SKIP, RUN])
    expect(answers('node2')).toEqual([RUN, SKIP])
  })

  it('is not known where neither takes writes or the other one is silent', async () => {
    await replicate()
    heartbeat()
    expect(pair.promote('node1', 'stop').code).toBe(0)
    expect(answers('node1')).toEqual([SKIP, SKIP])
    await pair.node2.kill()
    expect(answers('node1')).toEqual([SKIP, CANNOT_TELL])
    await pair.node2.start()
    await pair.node1.kill()
    expect(answers('node1')).toEqual([CANNOT_TELL, CANNOT_TELL])
    await pair.node1.start()
  })
})

describe('a cluster of two databases and nothing else', () => {
  // The address of the service is on neither: it comes behind the promotion.
  const settledOn = (node: Node) => {
    const [{ vars }] = replicating()
    const group = { ...groupOf(vars), states: [stateOf({ semi_sync: false })], services: [], units: [] }
    return pair.sh(node, settled(group).probe.text)
  }

  it('is settled where a standby sees its peer take the writes, and nowhere before', async () => {
    await replicate()
    expect(settledOn('node2')).toBe('done yes\n')
    expect(pair.promote('node1', 'stop').code).toBe(0)
    expect([settledOn('node1'), settledOn('node2')]).toEqual(['done no\n', 'done no\n'])
    await pair.node1.kill()
    expect(settledOn('node2')).toBe('done no\n')
    await pair.node1.start()
  })
})

describe('a server', () => {
  it('tells all of itself in one answer', async () => {
    await replicate()
    const stdout = pair.sh('node2', describeServer().text)
    expect(readServer(stdout)).toMatchObject({
      id: 2,
      readOnly: true,
      replica: { source: '127.0.0.1', io: 'Yes', sql: 'Yes', ioError: '', sqlError: '', behind: 0 },
    })
  })
})
