import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import * as lab from '../../lab/index.ts'
import { converged, inGuest, type PlaybookRun, play } from './laboratory.ts'

// Two masters and a slave of the monitoring, which opens its connection to whichever master is active. The tests build
// on each other.

const MASTERS = ['node1', 'node2'] as const
const VIP = '192.168.56.10'

let inventories: string[] = []

beforeAll(async () => {
  await converged('replication')
  const { inventory } = await lab.asItIs.up()
  const folder = dirname(inventory)
  const hostKey = await inGuest('slave1', 'cut -d" " -f1,2 /etc/ssh/ssh_host_ed25519_key.pub')
  writeFileSync(join(folder, 'distributed.yml'), distributed(folder, hostKey))
  inventories = ['-i', inventory, '-i', join(folder, 'distributed.yml')]
})

it('gives both masters the same keys, beside those by which each is known already', async () => {
  const before = await Promise.all(MASTERS.map(fingerprint('ssh_host_ed25519_key')))
  const run = await play('replication', ...inventories)
  expect(run.code).toBe(0)
  const [first, second] = await Promise.all(MASTERS.map(fingerprint('ssh_host_masters_key')))
  expect(first).toMatch(/^521 SHA256:/)
  expect(second).toBe(first)
  expect(await Promise.all(MASTERS.map(fingerprint('ssh_host_ed25519_key')))).toEqual(before)
  expect(new Set(before).size).toBe(2)
  const users = MASTERS.map((node) => inGuest(node, 'sudo ssh-keygen -lf /var/lib/nagios/.ssh/id_ed25519'))
  expect(new Set(await Promise.all(users)).size).toBe(1)
  const modes = MASTERS.map((node) =>
    inGuest(node, 'sudo stat -c %a /var/lib/nagios/.ssh/id_ed25519 /etc/ssh/ssh_host_masters_key'),
  )
  expect(await Promise.all(modes)).toEqual(['600\n600', '600\n600'])
})

it('proves from the slave that it reaches each master by name, node and VIP, and again changes nothing', async () => {
  expect((await play('slaves', ...inventories)).code).toBe(0)
  expectNoChange(await play('slaves', ...inventories))
  expectNoChange(await play('replication', ...inventories))
})

it('lets the slave come back through the VIP after a failover, without a warning', async () => {
  const active = (await inGuest('node1', `ip -o address show to ${VIP}`)) === '' ? 'node2' : 'node1'
  const standby = active === 'node1' ? 'node2' : 'node1'
  // What a person at the slave has learnt of the node that was active.
  await inGuest(
    'slave1',
    `sudo runuser -u nagios -- ssh-keyscan -t ed25519 ${VIP} 2>&1 | sudo runuser -u nagios -- tee -a /var/lib/nagios/.ssh/known_hosts`,
  )
  expect(await connect()).toEqual({ greeted: true, warnings: '' })
  await inGuest(active, 'sudo /usr/share/heartbeat/hb_standby all')
  await inGuest(standby, `until ip -oneline -4 address show to ${VIP} | grep -q .; do sleep 1; done`)
  expect(await connect()).toEqual({ greeted: true, warnings: '' })
})

/** A tunnel as the slave opens it, through which the master's own sshd greets. */
async function connect() {
  const options = '-o BatchMode=yes -o StrictHostKeyChecking=yes -W 127.0.0.1:22'
  const { stdout, stderr } = await lab.ssh(
    'slave1',
    `sudo runuser -u nagios -- ssh ${options} nagios@${VIP} </dev/null`,
  )
  return { greeted: stdout.startsWith('SSH-'), warnings: stderr.trim() }
}

const fingerprint = (key: string) => (node: string) => inGuest(node, `sudo ssh-keygen -lf /etc/ssh/${key}`)

function expectNoChange({ code, recap }: PlaybookRun): void {
  expect(code).toBe(0)
  for (const host of Object.values(recap.hosts)) {
    expect(host).toMatchObject({ changed: 0, 'would-change': 0, failed: 0 })
    expect(host.trips).toBeLessThanOrEqual(3)
  }
}

/** New keys, and the part of the inventory that names them. */
function distributed(folder: string, hostKey: string): string {
  const pair = (name: string, ...type: string[]) => {
    const file = join(folder, name)
    execFileSync('ssh-keygen', ['-q', '-N', '', '-C', '', '-f', file, ...type])
    const publicHalf = readFileSync(`${file}.pub`, 'utf8').trim()
    return { private: `!secret { file: ${name} }`, public: publicHalf }
  }
  const yaml = (part: ReturnType<typeof pair>) => `{ private: ${part.private}, public: ${part.public} }`
  return `
all:
  children:
    cluster:
      vars:
        masters:
          ssh_key: ${yaml(pair('nagios.key', '-t', 'ed25519'))}
          host_key: ${yaml(pair('masters.key', '-t', 'ecdsa', '-b', '521'))}
    slaves:
      hosts: { slave1: { host_key: ${hostKey} } }
      vars: { role: slave, ssh_key: ${yaml(pair('slaves.key', '-t', 'ed25519'))} }
`
}
