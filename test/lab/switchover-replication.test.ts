import { beforeAll, describe, expect, it } from 'vitest'
import { converged, play } from './laboratory.ts'
import { log } from './labs.ts'
import { expectNothingLost, numbers, PROOF, startWriting, stopWriting } from './ledger.ts'
import { activeNode, errorsOf, expectNoChange, NODES, other } from './pair.ts'
import { arrived, query, threads } from './replicas.ts'

// Moves forth and back with a database on each node, while rows are written at the address of the service.

const MOVES = 4
beforeAll(async () => {
  await converged('replication')
  await query(await activeNode(), PROOF)
})

describe('switchover of databases that replicate', () => {
  it('changes nothing where the service is', async () => {
    expectNoChange(await play('switchover', '-e', `to=${await activeNode()}`))
  })

  it('loses no row, and the old source follows the new one with the same history', {
    timeout: 90 * 60_000,
  }, async () => {
    await startWriting()
    let active = await activeNode()
    for (let move = 1; move <= MOVES; move += 1) {
      const target = other(active)
      const run = await play('switchover', '-e', `to=${target}`)
      expect(errorsOf(run)).toBe('')
      expect(run.code).toBe(0)
      expect(run.tasks('changed')).toEqual([
        `${target} ${target} has the service`,
        expect.stringMatching(new RegExp(`^${active} .*of 192[.]168[.]57[.]`)),
      ])
      expect(await query(target, 'SELECT @@read_only')).toBe('0')
      expect(await query(active, 'SELECT @@read_only')).toBe('1')
      expect(await threads(target)).toBe('')
      expect((await threads(active)).match(/Yes/g)).toHaveLength(2)
      active = target
      log(`move ${move} of ${MOVES}: ${active} takes the writes`)
    }
    const ledger = await stopWriting()
    await arrived(active, other(active))
    expectNothingLost(ledger, numbers(await query(active, 'SELECT id FROM proof.t')), MOVES)
    const [one, two] = await Promise.all(
      NODES.map((node) => query(node, 'CHECKSUM TABLE proof.t; SELECT @@gtid_binlog_pos')),
    )
    expect(one).toBe(two)
  })

  it('leaves nothing to be done by the playbook that made the pair', async () => {
    expectNoChange(await play('replication', '--check'))
  })
})
