import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { compared, errantSaved, reseed, reseeding } from '../../lib/replication/index.ts'
import type { Task } from '../../lib/resource/contract.ts'
import { offered } from '../../playbooks/parts/database/offer.mjs'
import type { Pair } from '../support/mariadb-pair.ts'
import { follow, runOn, startReplicating, TWO_ENGINES } from '../support/pair-runs.ts'

// The data of node2 are made anew from files that node1 offers, by real servers and the real mariadb-backup.

let pair: Pair
beforeEach(async () => {
  pair = await startReplicating(TWO_ENGINES)
})
afterEach(() => pair?.stop())

const may = reseeding({ nodes: ['node1', 'node2'] }, '192.168.56.10')
const anew = () =>
  runOn(pair, 'node2', [
    errantSaved({}),
    reseed({ source: pair.source('node1'), method: 'copy' }, { guard: may }),
    follow(pair, 'node2'),
    compared({}),
  ])

/** The playbook's types are those of the build, the test's those of the sources. */
const OFFER = offered({ address: '127.0.0.1', to: '127.0.0.1' }) as unknown as Task
const offer = async () => (await runOn(pair, 'node1', [OFFER])).outcomes
const astray = async () => {
  pair.node2.query(`STOP SLAVE; SET GLOBAL read_only = 0; INSERT INTO app.safe (said) VALUES ('only here');
    INSERT INTO app.fast VALUES (99); SET GLOBAL read_only = 1`)
  await vi.waitFor(() => expect(pair.node1.query('SHOW PROCESSLIST')).not.toContain('Binlog Dump'), 60_000)
}

const rows = () => pair.node2.query('SELECT * FROM app.fast; SELECT * FROM app.safe')
const datadir = () => join(dirname(pair.node2.socket), 'data')
const incomplete = () => join(pair.remembered('node2'), 'incomplete')
const BROKEN_OFF = 'the copy of the source did not arrive whole; the own data are as they were'

/** What a run says that leaves what was there. */
const inVain = async () => {
  const before = rows()
  const said = (await anew()).errors.join('\n')
  expect(rows()).toContain(before)
  expect(existsSync(`${datadir()}.copy`)).toBe(false)
  return said
}

/** What happens while the copy is made ready, which takes its time where there is much. */
const beforePrepare = (what: string) => {
  const tool = join(pair.folder, 'bin', 'mariadb-backup')
  const [first = '', ...rest] = readFileSync(tool, 'utf8').split('\n')
  writeFileSync(tool, [first, `[ "$1" != --prepare ] || { ${what}; }`, ...rest].join('\n'))
}

it('takes the place of the data, those of MyISAM too, and goes on from its own transaction', async () => {
  expect(await offer()).toEqual(['skipped'])
  await astray()
  expect(await offer()).toEqual(['changed'])
  const writer = setInterval(() => pair.node1.query("INSERT INTO app.safe (said) VALUES ('more')"), 200)
  expect((await anew()).errors).toEqual([])
  clearInterval(writer)
  expect(rows()).not.toContain('only here')
  expect(readFileSync(join(pair.folder, 'node2', 'restorecon'), 'utf8')).toBe(`-R ${datadir()}\n`)
  pair.node1.query('INSERT INTO app.fast VALUES (2)')
  const position = pair.node1.query('SELECT @@gtid_binlog_pos')
  expect(pair.node2.query(`SELECT MASTER_GTID_WAIT('${position}', 60)`)).toBe('0')
  for (const equal of ['CHECKSUM TABLE app.safe, app.fast', 'SELECT @@gtid_binlog_state'])
    expect(pair.node2.query(equal)).toBe(pair.node1.query(equal))
  expect(readFileSync(join(pair.remembered('node2'), 'compared'), 'utf8')).toMatch(/^2 tables are equal/)
  expect((await anew()).outcomes).toEqual(['ok', 'ok', 'ok', 'ok'])
})

it('tells how much of it is there, as a dump does', () => {
  const { progress } = reseed({ source: pair.source('node1') })
  expect(pair.sh('node2', progress?.text ?? '')).toMatch(/^\d+ of about \d+ MiB\n$/)
})

it('that nobody offers leaves the own data as they were', async () => {
  await astray()
  expect(await inVain()).toContain(BROKEN_OFF)
  expect(existsSync(incomplete())).toBe(false)
})

it('that breaks off leaves the own data as they were, and half ones are still no copy', async () => {
  const offered = createServer((socket) => socket.end('XBSTCK01, and no more of it'))
  offered.listen(pair.copyPort, '127.0.0.1')
  await once(offered, 'listening')
  await astray()
  expect(await inVain()).toContain(BROKEN_OFF)
  expect(existsSync(incomplete())).toBe(false)
  writeFileSync(incomplete(), 'it is being filled from node1\n')
  expect(await inVain()).toContain(BROKEN_OFF)
  expect(existsSync(incomplete())).toBe(true)
  offered.close()
})

it('is not waited for where its source has lost its power, which ends no connection', async () => {
  await astray()
  let timers = ''
  const offered = createServer((socket) => {
    // As the kernel has it in /proc/net/tcp: the remote port, that it is established, queues, and 02 for keepalive.
    const port = pair.copyPort.toString(16).toUpperCase()
    const seen = new RegExp(`:${port} 01 \\w+:\\w+ (\\w+):`)
    timers = seen.exec(readFileSync('/proc/net/tcp', 'utf8'))?.[1] ?? 'no connection'
    socket.end()
  })
  offered.listen(pair.copyPort, '127.0.0.1')
  await once(offered, 'listening')
  await inVain()
  offered.close()
  expect(timers).toBe('02')
})

it.each([
  ['is', ''],
  ['was', '; SET GLOBAL read_only = 1'],
])('is given up where this node %s promoted meanwhile: its writes are here alone', async (_, more) => {
  beforePrepare(
    `mariadb -e "SET GLOBAL read_only = 0; INSERT INTO app.safe (said) VALUES ('acknowledged')${more}"`,
  )
  await astray()
  expect(await offer()).toEqual(['changed'])
  expect(await inVain()).toContain('this database has taken writes since')
  expect(rows()).toContain('acknowledged')
  expect(existsSync(incomplete())).toBe(false)
})

it('keeps a promotion away from when it has arrived: the old data are about to go', async () => {
  beforePrepare(`${pair.folder}/db-promote start 2>${pair.folder}/refused || :`)
  await astray()
  expect(await offer()).toEqual(['changed'])
  expect((await anew()).errors).toEqual([])
  expect(readFileSync(join(pair.folder, 'refused'), 'utf8')).toContain('this copy is not complete')
  expect(existsSync(incomplete())).toBe(false)
})
