import { beforeAll, describe, expect, it } from 'vitest'
import { table } from '../../lab/drills/ledger/table.ts'
import { drillOn } from './drill-on.ts'
import { converged } from './laboratory.ts'
import { activeNode, NODES } from './pair.ts'
import { query } from './replicas.ts'

// The proof that drills can fail by what is lost: acknowledgements that stand on no disk, before a loss of all power. Neither
// does what the replica has received, or it would serve in place of its source, with all of it.

const CARELESS = [
  'SET GLOBAL sync_binlog = 0;',
  'SET GLOBAL innodb_flush_log_at_trx_commit = 0;',
  'SET GLOBAL innodb_flush_log_at_timeout = 300;',
]

beforeAll(() => converged('replication'))

describe('a database that does not wait for its disk', () => {
  it('makes a drill red that lists what is lost by id', { timeout: 60 * 60_000 }, async () => {
    const active = await activeNode()
    // The table itself is to be there afterwards.
    await query(active, `CREATE TABLE ${table} (id BIGINT PRIMARY KEY) ENGINE=InnoDB`)
    for (const node of NODES) await query(node, CARELESS.join('\n'))
    const result = await drillOn('replication', 'both-off-active-first')
    const { acked = 0, lost = [] } = result?.rows ?? {}
    expect(result?.passed).toBe(false)
    expect(lost.length).toBeGreaterThan(5)
    expect(result?.verdicts.L?.state).toBe('fail')
    expect(result?.verdicts.L?.why).toContain(`${lost.length} of ${acked} rows lost: ${lost[0]}`)
    // Each of them was acknowledged. Files are mirrored and synced, and all there.
    const given = new Set(result?.evidence?.rows?.notes.acked.map(({ id }) => id))
    expect(lost.filter((id) => !given.has(id))).toEqual([])
    expect(result?.files).toMatchObject({ lost: [], phantom: [] })
  })
})
