import { beforeAll, describe, expect, it } from 'vitest'
import { inGuest, zx } from './laboratory.ts'
import { until } from './pair.ts'
import { arrived, blockReplication, query, replicatingPair, unblockReplication } from './replicas.ts'

// What is told of two databases whose replication is broken in one way after the other, and mended again in between.

interface Verdict {
  exitCode: number
  lines: string[]
  data: { clusters: { active: string[]; failover: { safe: boolean; to: string | null; lost: string[] } }[] }
}

async function status(): Promise<Verdict & { screen: string }> {
  const { code, stdout } = await zx('playbooks/status.mjs', '--lab', '--json')
  const verdict = JSON.parse(stdout) as Verdict
  expect(verdict.exitCode).toBe(code)
  return { ...verdict, screen: verdict.lines.join('\n') }
}

const unsafe = { safe: false, to: null }

let active = ''
let standby = ''
beforeAll(async () => {
  ;({ active, standby } = await replicatingPair())
})

describe('status', () => {
  it('is OK while the standby follows', async () => {
    const { exitCode, lines } = await status()
    expect(exitCode).toBe(0)
    expect(lines[0]).toBe(
      `CLUSTER OK - cluster: ${active} serves 192.168.56.10, ${standby} can take over, nothing would be lost`,
    )
  })

  it('warns while the replica reaches no source, and says what would be lost', async () => {
    await blockReplication(active, standby)
    await query(active, 'INSERT INTO proof.t VALUES (2)')
    const { exitCode, screen, data } = await status()
    expect(exitCode).toBe(1)
    expect(screen).toContain(
      `the database of ${standby} receives nothing from ${active} (IO thread: Connecting)`,
    )
    expect(data.clusters[0]?.failover).toMatchObject(unsafe)
    expect(data.clusters[0]?.failover.lost.join()).toMatch(/^transactions of the database: 0-[12]-\d+$/)
    await unblockReplication(active)
    await arrived(active, standby)
  })

  it('warns of what cannot be applied', async () => {
    await query(standby, 'SET SESSION sql_log_bin = 0; INSERT INTO proof.t VALUES (3)')
    await query(active, 'INSERT INTO proof.t VALUES (3)')
    await until(standby, "sudo mariadb -e 'SHOW SLAVE STATUS\\G' | grep -q 'SQL_Running: No'")
    const { exitCode, screen, data } = await status()
    expect(exitCode).toBe(1)
    expect(screen).toMatch(
      new RegExp(`the database of ${standby} applies nothing \\(SQL thread: No\\): .*Duplicate entry '3'`),
    )
    expect(data.clusters[0]?.failover).toMatchObject(unsafe)
    await query(
      standby,
      'SET SESSION sql_log_bin = 0; DELETE FROM proof.t WHERE id = 3; START SLAVE SQL_THREAD',
    )
    await arrived(active, standby)
  })

  it('warns of a copy that was cut off, though its threads run', async () => {
    await inGuest(standby, "sudo sh -c 'echo it is being filled >/var/lib/db-promote/incomplete'")
    const { exitCode, screen, data } = await status()
    expect(exitCode).toBe(1)
    expect(screen).toContain(
      `the copy of the database on ${standby} is not complete: run reseed.mjs -e node=${standby}`,
    )
    expect(data.clusters[0]?.failover).toMatchObject(unsafe)
    await inGuest(standby, 'sudo rm /var/lib/db-promote/incomplete')
  })

  it('is critical where both take writes', async () => {
    await query(standby, 'SET GLOBAL read_only = 0')
    const { exitCode, screen } = await status()
    expect(exitCode).toBe(2)
    expect(screen).toMatch(/the databases of node\d and node\d both take writes/)
    await query(standby, 'SET GLOBAL read_only = 1')
  })

  it('warns where the standby follows nobody', async () => {
    await query(standby, 'STOP SLAVE; RESET SLAVE ALL')
    const { exitCode, screen, data } = await status()
    expect(exitCode).toBe(1)
    expect(screen).toContain(`the database of ${standby} follows nobody`)
    expect(data.clusters[0]?.failover).toMatchObject(unsafe)
    await inGuest(active, 'sudo test ! -e /var/lib/runsheet/lock')
  })
})
