import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Ground } from '../../../../lab/drills/run/ground.ts'
import { leaveWitness, prepareLedger, removeLedger } from '../../../../lab/drills/run/prepare.ts'
import { cluster } from './fixture.ts'

// What drills leave on machines that have another life.

it('the witness is as patient as before, and nothing of the ledger stays', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'runsheet-witness-'))
  const told: string[] = []
  // What sysctl prints is what it reads; `-w` of the real one would change this machine.
  const tools = `sysctl() { case $1 in -q) echo "$*" >&2 ;; *) echo net.ipv4.tcp_retries2 = 15 ;; esac; }`
  const ground = {
    clusters: [cluster],
    witness: 'witness',
    password: 'secret',
    run: async (node: string, script: string, input = '') => {
      if (node !== 'witness') told.push(`${node}: ${script}`)
      if (node !== 'witness') return { code: 0, stdout: '', stderr: '' }
      const here = script.replaceAll(/\/(root|run)\//g, `${folder}/`)
      const { status, stdout, stderr } = spawnSync('sh', ['-c', `${tools}\n${here}`], {
        input,
        encoding: 'utf8',
      })
      told.push(`witness: ${stderr.trim().replaceAll(folder, '')}`)
      return { code: status ?? 255, stdout, stderr }
    },
  } as unknown as Ground
  await prepareLedger(ground, { cluster: 'node1' })
  await prepareLedger(ground, { cluster: 'node2' })
  expect(readdirSync(folder).toSorted()).toEqual(['.ledger.cnf', 'runsheet-drills.sysctl'])
  told.length = 0
  await leaveWitness(ground)
  await removeLedger(ground, { cluster: 'node2' })
  expect(readdirSync(folder)).toEqual([])
  expect(told).toEqual([
    'witness: -q -p /runsheet-drills.sysctl',
    'node2: rm -rf /mnt/shared/.ledger',
    "node2: mariadb -e 'DROP TABLE IF EXISTS ledger.drill'",
  ])
  rmSync(folder, { recursive: true })
})
