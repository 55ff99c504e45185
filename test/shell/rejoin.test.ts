import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Task } from '../../lib/resource/contract.ts'
import { errantHere, rejoin } from '../../playbooks/parts/database/return.mjs'
import type { Node, Pair } from '../support/mariadb-pair.ts'
import { runOn, startReplicating } from '../support/pair-runs.ts'
import { replicating } from '../unit/playbooks/fixture.ts'

// Two real servers: the source dies, the other one is promoted and writes, and the old source comes back.

let pair: Pair
beforeEach(async () => {
  pair = await startReplicating(
    `CREATE DATABASE app; CREATE TABLE app.t (said VARCHAR(20) PRIMARY KEY) ENGINE=InnoDB; INSERT INTO app.t VALUES ('both')`,
  )
})
afterEach(() => pair?.stop())

const go = (node: Node, tasks: readonly Task[]) => runOn(pair, node, tasks)

/** What rejoin.mjs does to the database of node1; here its servers are no units of systemd. */
function rejoining(more: { errant?: 'discard' } = {}): Task[] {
  const [node, peer] = replicating((vars) => Object.assign(vars, more))
  // The playbook's types are those of the build, the test's those of the sources.
  const source = pair.source('node2') as unknown as Parameters<typeof rejoin>[0]['source']
  const tasks = rejoin({ node, peer, source }).flatMap(({ tasks }) => tasks(node)) as unknown as Task[]
  return tasks.filter(({ kind }) => kind !== 'service')
}

/** What was committed on node1 and never sent is not known to node2, however it came to be so. */
async function takeOver(neverSent: string): Promise<void> {
  await pair.node1.kill()
  expect(pair.promote('node2', 'start').code).toBe(0)
  pair.node2.query("INSERT INTO app.t VALUES ('after')")
  await pair.node1.start()
  if (neverSent !== '')
    pair.node1.query(
      `SET GLOBAL read_only = 0; INSERT INTO app.t VALUES ('${neverSent}'); SET GLOBAL read_only = 1`,
    )
}

const rows = (node: Node) => pair[node].query('SELECT said FROM app.t ORDER BY said; CHECKSUM TABLE app.t')
const errant = () => pair.sh('node1', errantHere.text)

describe('an old source comes back as a replica', () => {
  it('which follows at once where all that it wrote was sent', async () => {
    await takeOver('')
    expect(errant()).toBe('')
    const { errors, outcomes } = await go('node1', rejoining())
    expect(errors).toEqual([])
    expect(outcomes).toEqual(['ok', 'changed', 'changed'])
    expect(rows('node1')).toBe(rows('node2'))
    expect(pair.node1.query('SELECT @@read_only')).toMatch(/1/)
  })

  it('which keeps its own transaction as long as nobody gives that up, as in a runbook that asks no preflight', async () => {
    await takeOver('never sent')
    const { errors, outcomes } = await go('node1', rejoining())
    expect(outcomes[0]).toBe('failed')
    expect(outcomes).not.toContain('changed')
    expect(errors.join('\n')).toContain('-e errant=discard')
    expect(errors.join('\n')).toMatch(/^it has transactions .* \(0-1-\d+\)/m)
    expect(rows('node1')).toContain('never sent')
  })

  it('whose own transaction is told, saved, and gone from the data, and the sums are equal', async () => {
    await takeOver('never sent')
    expect(errant()).toMatch(/^it has transactions that its peer does not know \(0-1-\d+\)/)
    expect((await go('node1', rejoining({ errant: 'discard' }))).errors).toEqual([])
    expect(rows('node1')).toBe(rows('node2'))
    expect(rows('node1')).not.toContain('never sent')
    expect(readFileSync(join(pair.remembered('node1'), 'compared'), 'utf8')).toMatch(
      /^1 tables are equal at 0-2-\d+\n$/,
    )
    const folder = join(pair.remembered('node1'), 'errant')
    const [file = ''] = readdirSync(folder)
    expect(readFileSync(join(folder, file), 'utf8')).toContain('never sent')
    pair.node2.query("INSERT INTO app.t VALUES ('later')")
    expect((await go('node1', rejoining())).outcomes).toEqual(['ok', 'ok', 'ok'])
    const again = await go('node1', rejoining({ errant: 'discard' }))
    expect(again.outcomes).toEqual(['ok', 'skipped', 'ok', 'ok'])
  })

  it('whose new copy was cut off does not follow with the half of it, and is filled again by the same word', async () => {
    await takeOver('never sent')
    const dump = join(pair.folder, 'bin', 'mariadb-dump')
    const whole = readFileSync(dump, 'utf8')
    writeFileSync(
      dump,
      whole.replace('exec ', '').replace('"$@"', '"$@" | sed "/^INSERT INTO .t. /d"; exit 1'),
    )
    const cutOff = await go('node1', rejoining({ errant: 'discard' }))
    expect(cutOff.errors.join('\n')).toContain('the dump of the peer did not arrive whole')
    const without = await go('node1', rejoining())
    expect(without.errors.join('\n')).toContain('its copy is not complete')
    expect(without.outcomes).not.toContain('changed')
    writeFileSync(dump, whole)
    expect((await go('node1', rejoining({ errant: 'discard' }))).errors).toEqual([])
    expect(rows('node1')).toBe(rows('node2'))
  })
})
