import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runsheet-inventory-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const broken = (port: number) => `\
all:
  vars: { ansible_host: 127.0.0.1, ansible_port: ${port} }
  children:
    cluster:
      hosts:
        node1:
          address: 192.168.56.11
          replication_address: 192.168.57.11
          disk: /dev/disk/by-id/scsi-0001
          colour: blue
        node2:
          address: 192.168.56.12
          replication_address: 192.168.57.12
          disk: [/dev/sdb]
      vars:
        home: node1.example.org
        vip: { address: 10.0.0.10, prefix: 24, card: eth1 }
        storage: { kind: drbd, mount: /mnt/shared, filesystem: ext4 }
        heartbeat: { key: !secret { env: HEARTBEAT_KEY }, cards: [eth1, eth2], ping: [192.168.56.1], deadtime: soon }
        fencing: none
        application: nagios
`

it('tells all mistakes of an inventory at once, with their places, and contacts no host', async () => {
  let contacts = 0
  const server = createServer((socket) => {
    contacts += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const file = join(folder, 'inventory.yml')
  writeFileSync(file, broken(port))

  const ran = spawnSync('npx', ['zx', 'playbooks/two-node.mjs', '-i', file], {
    encoding: 'utf8',
    env: { ...process.env, HEARTBEAT_KEY: 'f00dfeedf00dfeedf00dfeed' },
  })
  await new Promise((resolve) => server.close(resolve))

  expect(ran.status).toBe(1)
  expect(ran.stdout).toBe('')
  const told = ran.stderr.split('\n').filter((line) => line.startsWith(file))
  expect(told.map((line) => line.slice(file.length)).sort()).toEqual(
    [
      ":10:11: unknown variable 'colour'",
      ':14:17: disk: Invalid input: expected string, received array',
      ":16:15: home is 'node1.example.org', which is no node of this cluster (node1, node2)",
      ':19:112: heartbeat.deadtime: Invalid input: expected number, received string',
      ":7:20: 192.168.56.11 is not in the VIP's subnet 10.0.0.0/24",
      ":12:20: 192.168.56.12 is not in the VIP's subnet 10.0.0.0/24",
    ].sort(),
  )
  expect(ran.stderr).not.toMatch(/^\s+at /m)
  expect(contacts).toBe(0)
})
