import { describe, expect, it } from 'vitest'
import * as lab from '../../lab/index.ts'
import { inGuest, play } from './laboratory.ts'
import { activeDatabase, expectNoChange, otherDatabase, sql, twoPairs } from './two-pairs.ts'

describe('four nodes whose databases replicate', () => {
  twoPairs('four-node-replication')

  it('leaves the survivor alone with the writes: it follows nobody any more', async () => {
    const survivor = await survivingDatabase()
    expect(await own(survivor, 'SELECT @@read_only')).toBe('0')
    expect(await threads(survivor)).toBe('')
  })

  it('brings the old source back as a replica, and the service stays', async () => {
    const survivor = await survivingDatabase()
    const returning = otherDatabase(survivor)
    await lab.fault('power-on', returning)
    await lab.ready(returning)
    const run = await play('rejoin', '-e', `node=${returning}`)
    expect(run.events.filter(({ event }) => event === 'error')).toEqual([])
    expect(run.code).toBe(0)
    expect(await activeDatabase()).toBe(survivor)
    expect(await own(returning, 'SELECT @@read_only')).toBe('1')
    expect((await threads(returning)).match(/Yes/g)).toHaveLength(2)
    const position = await own(survivor, 'SELECT @@gtid_current_pos')
    expect(await own(returning, `SELECT MASTER_GTID_WAIT('${position}', 120)`)).toBe('0')
    const sums = [survivor, returning].map((node) => own(node, 'CHECKSUM TABLE nagios.proof'))
    const [theirs, ours] = await Promise.all(sums)
    expect(ours).toBe(theirs)
    expect(await sql('app1', 'SELECT id FROM proof')).toBe('4711\n4712')
  })

  it('is as the playbook wants it again', async () => {
    expectNoChange(await play('four-node'))
  })
})

async function survivingDatabase(): Promise<string> {
  const off = (await lab.status()).find(({ power }) => power === 'off')
  return off ? otherDatabase(off.node) : activeDatabase()
}

const own = (node: string, statement: string) => inGuest(node, `sudo mariadb -N -e "${statement}"`)
const threads = (node: string) => inGuest(node, "sudo mariadb -e 'SHOW SLAVE STATUS\\G' | grep Running: || :")
