import { readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import * as lab from '../../lab/index.ts'
import { inGuest, play, zx } from './laboratory.ts'
import { activeNode, expectRefused } from './pair.ts'
import { arrived, query, replicatingPair } from './replicas.ts'

// What the operations refuse with two databases, and both have the rows that they had.

let active = ''
let standby = ''
const rows = () =>
  Promise.all(
    [active, standby].map((node) =>
      query(node, 'SELECT id FROM proof.t; CHECKSUM TABLE proof.t; SELECT @@read_only'),
    ),
  )

/** Nothing has changed by what was refused. */
async function refused(reason: RegExp, name: string, ...args: string[]): Promise<void> {
  const before = await rows()
  expectRefused(await play(name, ...args), reason)
  expect(await rows()).toEqual(before)
  expect(await activeNode()).toBe(active)
}

beforeAll(async () => {
  ;({ active, standby } = await replicatingPair())
})

describe('a replica behind', () => {
  it('gets no service: a lock keeps it from applying what has arrived', async () => {
    await query(
      standby,
      'SET GLOBAL innodb_lock_wait_timeout = 3600; STOP SLAVE SQL_THREAD; START SLAVE SQL_THREAD',
    )
    await lab.ssh(
      standby,
      `nohup sudo mariadb -e 'BEGIN; SELECT * FROM proof.t FOR UPDATE; DO SLEEP(3600)' >/dev/null 2>&1 & sleep 3`,
    )
    await query(active, 'INSERT INTO proof.t VALUES (2)')
    await refused(
      /it has not applied within 30 s what its source had written: 0-[12]-\d+/,
      'switchover',
      '-e',
      `to=${standby}`,
    )
    await query(
      standby,
      "SELECT CONCAT('KILL ', id) INTO @kill FROM information_schema.processlist WHERE info LIKE '%SLEEP(3600)%' AND id <> CONNECTION_ID(); EXECUTE IMMEDIATE @kill",
    )
    await arrived(active, standby)
  })

  it('gets no service: a thread is stopped', async () => {
    await query(standby, 'STOP SLAVE IO_THREAD')
    await refused(/its replica does not run \(IO No, SQL Yes\)/, 'switchover', '-e', `to=${standby}`)
    await query(standby, 'START SLAVE IO_THREAD')
    await arrived(active, standby)
  })
})

describe('half a copy', () => {
  it('gets no service, though its threads run', async () => {
    await inGuest(standby, "sudo sh -c 'echo it is being filled >/var/lib/db-promote/incomplete'")
    await refused(/its copy is not complete \(it is being filled\)/, 'switchover', '-e', `to=${standby}`)
    await inGuest(standby, 'sudo rm /var/lib/db-promote/incomplete')
  })
})

describe('the same server-id twice', () => {
  it('is refused before any contact where the inventory says so', async () => {
    const { inventory } = await lab.asItIs.up()
    const twice = `${inventory}.twice.yml`
    writeFileSync(twice, readFileSync(inventory, 'utf8').replace(/server_id: 2/, 'server_id: 1'))
    const { code, stderr } = await zx('playbooks/replication.mjs', '-i', twice)
    expect(code).toBe(1)
    expect(stderr).toContain('1 is also the server_id of node1')
  })

  it('is refused where a server has it all the same, and no data are made anew', async () => {
    const id = await query(active, 'SELECT @@server_id')
    await query(standby, `STOP SLAVE; SET GLOBAL server_id = ${id}`)
    const reason = new RegExp(`${standby}: it has the server_id ${id}, as its peer has`)
    await refused(reason, 'replication')
    await refused(reason, 'reseed', '-e', `node=${standby}`)
    await refused(/its replica does not run/, 'switchover', '-e', `to=${standby}`)
  })
})
