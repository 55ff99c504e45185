import { beforeAll, describe, expect, it } from 'vitest'
import { converged, inGuest, play } from './laboratory.ts'
import { activeNode, errorsOf, linesOf, other } from './pair.ts'
import { arrived } from './replicas.ts'

// A replica that went astray on a real machine.

const FILL = `CREATE DATABASE proof; CREATE TABLE proof.safe (id INT PRIMARY KEY) ENGINE=InnoDB;
  CREATE TABLE proof.fast (id INT PRIMARY KEY) ENGINE=MyISAM;
  INSERT INTO proof.safe VALUES (1), (2); INSERT INTO proof.fast VALUES (1)`
const ASTRAY = `STOP SLAVE; SET GLOBAL read_only = 0; INSERT INTO proof.safe VALUES (4711); SET GLOBAL read_only = 1`

/** A row a second. */
const WRITE_ON = `id=100
  while mariadb -e "INSERT INTO proof.safe VALUES ($id)"; do id=$((id + 1)); sleep 1; done`

const sql = (node: string, text: string) => inGuest(node, `sudo mariadb -N -e "${text}"`)
const ids = (node: string) => sql(node, 'SELECT id FROM proof.safe ORDER BY id')
const checksums = (node: string) => sql(node, 'CHECKSUM TABLE proof.safe, proof.fast')

beforeAll(() => converged('replication'))

describe('reseed', () => {
  it('is refused for the node that takes the writes', async () => {
    await sql('node1', FILL)
    const run = await play('reseed', '-e', 'node=node1')
    expect(run.code).toBe(3)
    expect(JSON.stringify(run.events)).toContain('its database takes writes')
    expect(await sql('node1', 'SELECT COUNT(*) FROM proof.safe')).toBe('2')
  })

  it('saves what only the replica has, and makes its data equal to those of the source', async () => {
    const position = await sql('node1', 'SELECT @@gtid_current_pos')
    expect(await sql('node2', `SELECT MASTER_GTID_WAIT('${position}', 120)`)).toBe('0')
    await sql('node2', ASTRAY)
    const run = await play('reseed', '-e', 'node=node2')
    expect(run.code).toBe(0)
    expect(await checksums('node2')).toBe(await checksums('node1'))
    expect(await ids('node2')).toBe('1\n2')
    expect(await inGuest('node2', 'sudo grep -rl @1=4711 /var/lib/db-promote/errant')).toMatch(/0-2-.*\.sql$/)
    expect(JSON.stringify(run.events)).toContain('tables are equal at')
  })

  it('changes nothing a second time', async () => {
    const run = await play('reseed', '-e', 'node=node2')
    expect(run.code).toBe(0)
    expect(run.recap.changed).toBe(0)
  })

  it('takes a physical copy, tables of MyISAM included, while the source is written to', async () => {
    await sql('node2', ASTRAY.replaceAll('4711', '4712'))
    await sql('node1', 'INSERT INTO proof.fast VALUES (2)')
    await inGuest('node1', `sudo systemd-run --quiet --unit=writer sh -c '${WRITE_ON}'`)
    const run = await play('reseed', '-e', 'node=node2', '-e', 'method=copy')
    await inGuest('node1', 'sudo systemctl stop writer')
    expect(errorsOf(run)).toBe('')
    expect(run.code).toBe(0)
    await arrived('node1', 'node2')
    expect(await checksums('node2')).toBe(await checksums('node1'))
    expect(await ids('node2')).toBe(await ids('node1'))
    expect(await ids('node2')).toMatch(/^1\n2\n100\n101\n102\n/)
    expect(await inGuest('node2', 'sudo grep -rl @1=4712 /var/lib/db-promote/errant')).toMatch(/0-2-.*\.sql$/)
    expect(linesOf(run, 'conclusion')).toMatch(/node2: \d+ tables are equal at/)
  })

  it('does so the other way round', async () => {
    expect((await play('switchover', '-e', 'to=node2')).code).toBe(0)
    expect([await activeNode(), other(await activeNode())]).toEqual(['node2', 'node1'])
    await sql('node1', ASTRAY.replaceAll('4711', '4713'))
    const run = await play('reseed', '-e', 'node=node1', '-e', 'method=copy')
    expect(errorsOf(run)).toBe('')
    expect(run.code).toBe(0)
    expect(await ids('node1')).toBe(await ids('node2'))
    await arrived('node2', 'node1')
    expect(await checksums('node1')).toBe(await checksums('node2'))
  })
})
