import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Ground } from '../../../../lab/drills/run/ground.ts'
import { leaveWitness, prepareLedger, removeLedger } from '../../../../lab/drills/run/prepare.ts'
import { leave } from '../../../../lab/drills/run/run.ts'
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
  // On the disk of the system it would outlive whatever befalls the shared storage.
  expect(told[0]).toBe('node1: mountpoint -q /mnt/shared && mkdir -p /mnt/shared/.ledger')
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

it('a witness that cannot be reached keeps nothing on the nodes', async () => {
  const told: string[] = []
  const said = { clusters: [{ cluster: 'cluster', active: ['node2'], failover: { safe: true } }] }
  const ground = {
    clusters: [cluster],
    witness: 'witness',
    play: async () => ({
      code: 0,
      stdout: JSON.stringify({ exitCode: 0, lines: [], data: said }),
      stderr: '',
    }),
    run: async (node: string) => {
      told.push(node)
      return { code: node === 'witness' ? 255 : 0, stdout: '', stderr: 'Host key verification failed.' }
    },
  } as unknown as Ground
  await leave(ground, (line) => void told.push(line))
  expect(told.filter((one) => one === 'node2')).toHaveLength(2)
  expect(told.at(-1)).toMatch(
    /^something of the ledger stays on the machines: .*on witness: Host key verific/,
  )
})
