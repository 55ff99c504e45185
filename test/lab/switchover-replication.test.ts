import { beforeAll, describe, expect, it } from 'vitest'
import { converged, inGuest, log, play } from './laboratory.ts'
import { activeNode, errorsOf, expectNoChange, NODES, other, VIP } from './pair.ts'
import { arrived, query, threads } from './replicas.ts'

// Moves forth and back with a database on each node, while rows are written at the address of the service. Each is noted
// when it was acknowledged.

const MOVES = 4
const WRITER = 'node2'
const LEDGER = '/var/tmp/ledger'

/** A writer that notes an attempt before it begins, and an acknowledgement after it was given. */
const START_WRITER = `
  sudo sh -c 'cat >/usr/local/bin/write-rows; chmod 755 /usr/local/bin/write-rows' <<'END'
#!/bin/sh
id=0
while [ ! -e ${LEDGER}.stop ]; do
  id=$((id + 1))
  echo $id >>${LEDGER}.tried
  mariadb -h ${VIP} -u proof -pproof --connect-timeout=5 -e "INSERT INTO proof.t VALUES ($id)" 2>/dev/null &&
    echo $id >>${LEDGER}.acked
  sleep 1
done
END
  rm -f ${LEDGER}.*
  nohup /usr/local/bin/write-rows >/dev/null 2>&1 </dev/null &`

const numbers = (text: string) => text.split('\n').map(Number)
const ledger = (what: string) => inGuest(WRITER, `cat ${LEDGER}.${what}`).then(numbers)

beforeAll(async () => {
  await converged('replication')
  await query(
    await activeNode(),
    "CREATE DATABASE proof; CREATE TABLE proof.t (id INT PRIMARY KEY) ENGINE=InnoDB; CREATE USER proof@'%' IDENTIFIED BY 'proof'; GRANT INSERT ON proof.* TO proof@'%'",
  )
})

describe('switchover of databases that replicate', () => {
  it('changes nothing where the service is', async () => {
    expectNoChange(await play('switchover', '-e', `to=${await activeNode()}`))
  })

  it('loses no row, and the old source follows the new one with the same history', {
    timeout: 90 * 60_000,
  }, async () => {
    await inGuest(WRITER, START_WRITER)
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
    await inGuest(WRITER, `touch ${LEDGER}.stop; while pgrep -f '[w]rite-rows' >/dev/null; do sleep 1; done`)
    await arrived(active, other(active))
    const rows = await query(active, 'SELECT id FROM proof.t').then(numbers)
    const [tried, acked] = [await ledger('tried'), await ledger('acked')]
    log(`${tried.length} rows tried, ${acked.length} acknowledged, ${rows.length} found`)
    expect(acked.length).toBeGreaterThan(MOVES)
    expect(
      acked.filter((id) => !rows.includes(id)),
      'acknowledged and lost',
    ).toEqual([])
    expect(
      rows.filter((id) => !tried.includes(id)),
      'found and never written',
    ).toEqual([])
    const [one, two] = await Promise.all(
      NODES.map((node) => query(node, 'CHECKSUM TABLE proof.t; SELECT @@gtid_binlog_pos')),
    )
    expect(one).toBe(two)
  })

  it('leaves nothing to be done by the playbook that made the pair', async () => {
    expectNoChange(await play('replication', '--check'))
  })
})
