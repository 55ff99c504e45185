import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { judgeLoss } from '../../lab/drills/audit/loss.ts'
import { parseDatabase } from '../../lab/drills/audit/sample.ts'
import { faults } from '../../lab/drills/faults.ts'
import { judgeLedger } from '../../lab/drills/ledger/judge.ts'
import type { Ground } from '../../lab/drills/run/ground.ts'
import { readIds } from '../../lab/drills/run/read.ts'
import {
  accountText,
  databaseSampler,
  fileWriter,
  rowStatement,
  rowWriter,
} from '../../lab/drills/run/scripts.ts'
import { acknowledgedFile, acknowledgedRow, startWriter, type Writer } from '../../lab/drills/run/writer.ts'
import { attempt } from '../../lab/host/run.ts'
import { type MariaDb, startMariaDb } from '../support/mariadb.ts'
import { cluster, wellDone } from '../unit/lab/drills/fixture.ts'

// The ledger with real servers: what it promises, and that it tells when a promise was broken.

const FIRST = 1_000_001

let folder = ''
let servers: MariaDb[] = []
let writer: Writer | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runsheet-ledger-'))
})
afterEach(async () => {
  await writer?.stop()
  for (const server of servers) await server.stop()
  servers = []
  rmSync(folder, { recursive: true })
})

const PLACE = 'CREATE DATABASE ledger; CREATE TABLE ledger.drill (id BIGINT PRIMARY KEY) ENGINE=InnoDB'

const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

const start = async (id: number, port: number, ...more: string[]): Promise<MariaDb> => {
  const options = [`--server-id=${id}`, `--port=${port}`, '--bind-address=127.0.0.1', '--log-bin', ...more]
  const server = await startMariaDb(options)
  servers.push(server)
  return server
}

/** The second one follows the first; both have the place of the ledger. */
const startPair = async (): Promise<{ source: MariaDb; replica: MariaDb }> => {
  const port = await freePort()
  const source = await start(1, port, '--sync-binlog=0')
  const replica = await start(2, await freePort())
  source.query("CREATE USER r@'127.0.0.1' IDENTIFIED BY 'r'; GRANT REPLICATION SLAVE ON *.* TO r@'127.0.0.1'")
  replica.query(
    `CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=${port}, MASTER_USER='r', MASTER_PASSWORD='r', MASTER_USE_GTID=slave_pos; START SLAVE`,
  )
  source.query(PLACE)
  const known = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'ledger'"
  while (replica.query(known).trim() !== '1') await sleep(50)
  return { source, replica }
}

const writeRows = (server: MariaDb): Writer => {
  const script = rowWriter(['--no-defaults', `--socket=${server.socket}`, '--user=root'])
  const way = { argv: () => ['sh', '-c', script], line: rowStatement, acknowledged: acknowledgedRow }
  return startWriter(way, FIRST, join(folder, 'rows'))
}

const rowsOf = (server: MariaDb): number[] =>
  server.query('SELECT id FROM ledger.drill').split('\n').filter(Boolean).map(Number)

const acked = async (count: number): Promise<void> => {
  while ((writer?.acked.length ?? 0) < count) await sleep(20)
}

describe('rows', () => {
  it('are all there after a server was killed and started again, and the writer goes on', async () => {
    const server = await start(1, await freePort())
    server.query(PLACE)
    writer = writeRows(server)
    await acked(5)
    await server.kill()
    await server.start()
    const before = writer.acked.length
    await acked(before + 5)
    await writer.stop()
    const account = judgeLedger(writer, rowsOf(server))
    expect(account).toMatchObject({ lost: [], phantom: [], twice: [] })
    expect(account.acked).toBeGreaterThanOrEqual(10)
    // Of a split it has to be known who acknowledged what.
    expect(new Set(writer.acked.map(({ node }) => node))).toEqual(new Set([hostname()]))
  })

  it('that an asynchronous replica has not received are lost with the source, and listed by id', async () => {
    const { source, replica } = await startPair()
    writer = writeRows(source)
    await acked(5)
    replica.query('STOP SLAVE IO_THREAD')
    const received = () => Number(replica.query('SELECT COUNT(*) FROM ledger.drill'))
    await acked(writer.acked.length + 5)
    await source.kill()
    await writer.stop()
    const marks = { injected: Date.now(), ended: Date.now() + 60_000 }
    const found = rowsOf(replica)
    const missing = writer.acked.map(({ id }) => id).filter((id) => !found.includes(id))
    expect(received()).toBe(found.length)
    expect(missing.length).toBeGreaterThanOrEqual(4)
    const ledger = { notes: writer, found }
    const ids = `${missing[0]}-${missing.at(-1)}`
    // Where all is promised it is red; where the mode promises less, it is told all the same.
    expect(judgeLoss({ ...wellDone, rows: ledger, files: undefined })).toEqual({
      state: 'fail',
      why: `${missing.length} of ${writer.acked.length} rows lost: ${ids}`,
    })
    const replicates = { ...cluster, traits: [...cluster.traits, 'replication' as const] }
    const row = { ...wellDone.row, cluster: replicates }
    expect(judgeLoss({ ...wellDone, ...marks, row, rows: ledger, files: undefined })).toEqual({
      state: 'pass',
      why: `${missing.length} of ${writer.acked.length} rows lost: ${ids}, the asynchronous tail`,
    })
    servers = [replica]
  })
})

it('a replica that a drill breaks stops at the next row, though it takes no writes', async () => {
  const { source, replica } = await startPair()
  replica.query('SET GLOBAL read_only = 1')
  writer = writeRows(source)
  await acked(3)
  const tool = `mariadb() { command mariadb --no-defaults --user=root --socket=${replica.socket} "$@"; }`
  execFileSync('sh', ['-c', `${tool}; ${faults['broken-replica'].inject()}`])
  const sample = () =>
    execFileSync('sh', ['-c', `${tool}; ${databaseSampler}`], { input: 'tick\n', encoding: 'utf8' })
  while (!sample().includes('sql=No')) await sleep(100)
  expect(parseDatabase(sample().trim())).toMatchObject({ answers: true, writable: false, sql: 'No' })
})

it('the witness logs in with any password', async () => {
  const server = await start(1, await freePort())
  const password = 'ab#c\\d"e\'f'
  server.query(`CREATE USER ledger@localhost IDENTIFIED BY 'ab#c\\\\d"e\\'f'`)
  const file = join(folder, 'account')
  writeFileSync(file, accountText(password))
  const words = [`--defaults-file=${file}`, `--socket=${server.socket}`, '-N', '-e', 'SELECT CURRENT_USER()']
  expect(execFileSync('mariadb', words, { encoding: 'utf8' })).toBe('ledger@localhost\n')
})

describe('files', () => {
  const write = () => {
    const script = fileWriter({ ...cluster, mount: folder }, 'node1')
    const way = { argv: () => ['sh', '-c', script], line: String, acknowledged: acknowledgedFile }
    return startWriter(way, FIRST, join(folder, 'notes'))
  }

  const run: Ground['run'] = (_node, script) => attempt(['sh', '-c', script])
  const found = async () =>
    (await readIds({ run } as Ground, 'node1', `cat ${folder}/.ledger/files`, FIRST)) ?? []

  it('are acknowledged where the storage is, and nowhere else', async () => {
    writer = write()
    while (writer.attempted.length < 1) await sleep(20)
    await sleep(500)
    expect(writer.acked).toEqual([])
    mkdirSync(join(folder, '.ledger'))
    await acked(3)
    rmSync(join(folder, '.ledger'), { recursive: true })
    const { length } = writer.attempted
    while (writer.attempted.length < length + 2) await sleep(20)
    const before = writer.acked.length
    await sleep(500)
    expect(writer.acked).toHaveLength(before)
  })

  it('are tried again at once where they were refused: it is no time without service', async () => {
    writer = write()
    while (writer.attempted.length < 4) await sleep(20)
    const [first, , , last] = writer.attempted
    expect((last?.at ?? 0) - (first?.at ?? 0)).toBeLessThan(3000)
  })

  it('that were acknowledged are in the file, in their order', async () => {
    mkdirSync(join(folder, '.ledger'))
    writer = write()
    await acked(3)
    await writer.stop()
    expect(judgeLedger(writer, await found())).toMatchObject({ lost: [], phantom: [], twice: [] })
  })

  it('stand on lines of their own after one that a full disk has cut off', async () => {
    mkdirSync(join(folder, '.ledger'))
    writeFileSync(join(folder, '.ledger/files'), `\n${String(FIRST).slice(0, 4)}`)
    writer = write()
    await acked(3)
    await writer.stop()
    expect(judgeLedger(writer, await found())).toMatchObject({ lost: [], phantom: [], twice: [] })
  })
})
