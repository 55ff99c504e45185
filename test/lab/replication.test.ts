import { beforeAll, describe, expect, it } from 'vitest'
import * as lab from '../../lab/index.ts'
import { converged, inGuest, play } from './laboratory.ts'
import { activeNode, expectNoChange, HOLDS_VIP, other, until } from './pair.ts'

// A database on each of two real machines. The tests build on each other, and the last one loses a machine.

const CREATE = 'CREATE DATABASE proof; CREATE TABLE proof.t (id INT PRIMARY KEY) ENGINE=InnoDB'

const sql = (node: string, text: string) => inGuest(node, `sudo mariadb -N -e "${text}"`)
const threads = (node: string) => inGuest(node, "sudo mariadb -e 'SHOW SLAVE STATUS\\G' | grep Running: || :")

beforeAll(() => converged('replication'))

describe('replication', () => {
  it('has one server that takes writes, and another one that follows it', async () => {
    const [active, standby] = await roles()
    expect(await sql(active, 'SELECT @@read_only')).toBe('0')
    expect(await sql(standby, 'SELECT @@read_only')).toBe('1')
    expect(await threads(active)).toBe('')
    expect((await threads(standby)).match(/Yes/g)).toHaveLength(2)
  })

  it('finds nothing to change a second time, in three round trips a host', async () => {
    expectNoChange(await play('replication'))
  })

  it('mends the one line that is wrong on the standby, and its threads run on', async () => {
    const [, standby] = await roles()
    const file = '/etc/mysql/mariadb.conf.d/90-cluster.cnf'
    await inGuest(standby, `sudo sed -i 's/^sync_binlog.*/sync_binlog = 0/' ${file}`)
    const run = await play('replication')
    expect(run.code).toBe(0)
    expect(run.tasks('changed')).toEqual([`${standby} ${file}`])
    expect((await threads(standby)).match(/Yes/g)).toHaveLength(2)
    expectNoChange(await play('replication', '--check'))
  })

  it('takes writes on the other node when the source loses its power, with every row that had arrived', async () => {
    const [active, standby] = await roles()
    await sql(active, `${CREATE}; INSERT INTO proof.t VALUES (4711)`)
    const position = await sql(active, 'SELECT @@gtid_current_pos')
    expect(await sql(standby, `SELECT MASTER_GTID_WAIT('${position}', 120)`)).toBe('0')
    await lab.fault('power-off', active)
    await until(standby, HOLDS_VIP)
    expect(await sql(standby, 'SELECT id FROM proof.t; SELECT @@read_only')).toBe('4711\n0')
    expect(await threads(standby)).toBe('')
  })
})

/** Who holds the address, and the other one. */
async function roles(): Promise<[string, string]> {
  const active = await activeNode()
  return [active, other(active)]
}
