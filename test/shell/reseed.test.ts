import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { COMPARED, compared, errantSaved, reseed, reseeding } from '../../lib/replication/index.ts'
import type { Task } from '../../lib/resource/contract.ts'
import { lastComparison } from '../../playbooks/parts/database/reseed.mjs'
import { type Node, other, type Pair } from '../support/mariadb-pair.ts'
import { follow, runOn, startReplicating, TWO_ENGINES } from '../support/pair-runs.ts'

// A replica of a real server that has gone astray, and how it becomes one again.

const may = reseeding({ nodes: ['node1', 'node2'] }, '192.168.56.10')

let pair: Pair
beforeEach(async () => {
  pair = await startReplicating(TWO_ENGINES)
})
afterEach(() => pair?.stop())

const anew = (node: Node): Task[] => [
  errantSaved({}),
  reseed({ source: pair.source(other(node)) }, { guard: may }),
  follow(pair, node),
  compared({}),
]

const go = (node: Node, tasks: readonly Task[]) => runOn(pair, node, tasks)
const write = (node: Node, sql: string) =>
  pair[node].query(`SET GLOBAL read_only = 0; ${sql}; SET GLOBAL read_only = 1`)
const checksums = (node: Node) => pair[node].query('CHECKSUM TABLE app.safe, app.fast')
const astray = () => {
  pair.node2.query('STOP SLAVE')
  write('node2', "INSERT INTO app.safe (said) VALUES ('only here'); INSERT INTO app.fast VALUES (99)")
}

describe('a replica with transactions of its own', () => {
  it('is made anew; they are saved and gone, and the sums are equal', async () => {
    astray()
    pair.node1.query("INSERT INTO app.safe (said) VALUES ('meanwhile')")
    expect((await go('node2', anew('node2'))).errors).toEqual([])
    expect(checksums('node2')).toBe(checksums('node1'))
    expect(pair.node2.query('SELECT said FROM app.safe')).not.toContain('only here')
    const [file = '', ...more] = readdirSync(join(pair.remembered('node2'), 'errant'))
    expect(more).toEqual([])
    const saved = readFileSync(join(pair.remembered('node2'), 'errant', file), 'utf8')
    expect(saved).toContain("@2='only here'")
    expect(saved.match(/gtid_seq_no=/g)).toHaveLength(2)
    expect(readFileSync(join(pair.remembered('node2'), 'compared'), 'utf8')).toMatch(
      /^2 tables are equal at 0-1-\d+\n$/,
    )
  })

  it('can have them back: what was saved can be loaded where they are missing', async () => {
    astray()
    expect((await go('node2', anew('node2'))).errors).toEqual([])
    const [file = ''] = readdirSync(join(pair.remembered('node2'), 'errant'))
    pair.node1.query('SET GLOBAL gtid_strict_mode = 0')
    pair.sh('node1', `mariadb <${join(pair.remembered('node2'), 'errant', file)}`)
    expect(pair.node1.query('SELECT said FROM app.safe')).toContain('only here')
  })

  it('has them saved again where their numbers come a second time, with something else in them', async () => {
    astray()
    expect((await go('node2', anew('node2'))).errors).toEqual([])
    pair.node2.query('STOP SLAVE')
    write('node2', "INSERT INTO app.safe (said) VALUES ('another one')")
    write('node2', 'INSERT INTO app.fast VALUES (98)')
    expect((await go('node2', anew('node2'))).errors).toEqual([])
    const folder = join(pair.remembered('node2'), 'errant')
    const saved = readdirSync(folder).sort()
    expect(saved.map((name) => name.replace(/\d{4}-.*Z/, 'TIME'))).toEqual([
      expect.stringMatching(/^0-2-\d+\.\.\d+\.TIME\.sql$/),
      expect.stringMatching(/^0-2-\d+\.\.\d+\.TIME\.sql$/),
    ])
    const texts = saved.map((name) => readFileSync(join(folder, name), 'utf8')).join('')
    expect(texts).toContain("@2='only here'")
    expect(texts).toContain("@2='another one'")
  })

  it('is not touched a second time', async () => {
    astray()
    expect((await go('node2', anew('node2'))).errors).toEqual([])
    expect((await go('node2', anew('node2'))).outcomes).toEqual(['ok', 'ok', 'ok', 'ok'])
  })

  it('is made anew the other way round', async () => {
    expect(pair.promote('node1', 'stop').code).toBe(0)
    expect(pair.promote('node2', 'start').code).toBe(0)
    write('node1', "INSERT INTO app.safe (said) VALUES ('only here')")
    pair.node2.query("INSERT INTO app.safe (said) VALUES ('after')")
    expect((await go('node1', anew('node1'))).errors).toEqual([])
    expect(checksums('node1')).toBe(checksums('node2'))
    pair.node2.query("INSERT INTO app.safe (said) VALUES ('later')")
    expect(pair.node2.query('SELECT @@gtid_binlog_pos')).toMatch(/^0-2-/)
  })
})

describe('is refused, and every row stays', () => {
  const refusal = async (node: Node, tasks: readonly Task[]) => {
    const before = pair[node].query('SELECT * FROM app.safe; SELECT * FROM app.fast')
    const said = (await go(node, tasks)).errors.join('\n')
    expect(pair[node].query('SELECT * FROM app.safe; SELECT * FROM app.fast')).toBe(before)
    return said
  }
  const only = () => [reseed({ source: pair.source('node1') }, { guard: may })]

  it('where its own transactions are not saved', async () => {
    astray()
    expect(await refusal('node2', only())).toMatch(/node2: it has transactions that .* are not saved: 0-2-/)
  })

  it('where it takes writes, or holds the address', async () => {
    pair.node2.query('STOP SLAVE; SET GLOBAL read_only = 0')
    expect(await refusal('node2', only())).toContain('node2: its database takes writes')
    pair.node2.query('SET GLOBAL read_only = 1')
    writeFileSync(join(pair.folder, 'node2', 'address'), '')
    expect(await refusal('node2', only())).toContain('node2: it holds 192.168.56.10')
    rmSync(join(pair.folder, 'node2', 'address'))
  })

  it('from a server that nobody has promoted, as an empty one in its place would be', async () => {
    pair.node2.query('STOP SLAVE')
    pair.node1.query('SET GLOBAL read_only = 1')
    expect(await refusal('node2', only())).toContain('node1: its database takes no writes')
  })

  it('from a source that is down', async () => {
    pair.node2.query('STOP SLAVE')
    await pair.node1.kill()
    expect(await refusal('node2', only())).toContain('node1 cannot tell its database')
    await pair.node1.start()
  })
})

describe('a comparison', () => {
  it('finds the table that differs, and the replica goes on', async () => {
    pair.node2.query("SET SESSION sql_log_bin = 0; UPDATE app.safe SET said = 'forged' WHERE id = 1")
    const said = (await go('node2', [compared({})])).errors.join('\n')
    expect(said).toMatch(/differ from those of the source:\napp\.safe\n/)
    expect(existsSync(join(pair.remembered('node2'), 'compared'))).toBe(false)
    const different = join(pair.remembered('node2'), 'different')
    expect(readFileSync(different, 'utf8')).toMatch(/^0-1-\d+\n$/)
    expect(pair.sh('node2', "mariadb -e 'SHOW SLAVE STATUS\\G'")).toMatch(/Slave_SQL_Running: Yes/)
    pair.node2.query('STOP SLAVE')
    expect((await go('node2', anew('node2'))).errors).toEqual([])
    expect(existsSync(different)).toBe(false)
  })

  it('is made again where the last one is older than was asked for, and tells when it was made', async () => {
    const old = join(pair.remembered('node2'), 'compared')
    const told = () => pair.sh('node2', lastComparison.text.replaceAll(COMPARED, old))
    expect(told()).toBe('')
    writeFileSync(old, '2 tables are equal at 0-1-1\n')
    const minutesAgo = (count: number) => {
      const at = Date.now() / 1000 - count * 60
      utimesSync(old, at, at)
    }
    const outcomes = async () => (await go('node2', [compared({ within: 60 })])).outcomes
    minutesAgo(59)
    expect(await outcomes()).toEqual(['ok'])
    minutesAgo(-5)
    expect(await outcomes()).toEqual(['changed'])
    utimesSync(old, 86_400, 86_400)
    expect(told()).toMatch(/^2 tables are equal at 0-1-\d+, compared at 1970-01-02T00:00:00Z\n$/)
    expect((await go('node2', [compared({})])).outcomes).toEqual(['ok'])
    expect(await outcomes()).toEqual(['changed'])
    expect(told()).toContain(`compared at ${new Date().toISOString().slice(0, 11)}`)
    expect(await outcomes()).toEqual(['ok'])
  })

  it('holds while the source is written to', async () => {
    const writer = setInterval(() => pair.node1.query("INSERT INTO app.safe (said) VALUES ('more')"), 50)
    expect((await go('node2', [compared({})])).errors).toEqual([])
    clearInterval(writer)
  })
})
