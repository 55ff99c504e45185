import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import * as lab from '../../lab/index.ts'
import { converged, inGuest, type PlaybookRun, play } from './laboratory.ts'

// A pair for the database and a pair for the application that uses it.

const NODES = ['db1', 'db2', 'app1', 'app2'] as const
const DATABASE = '192.168.56.20'
const APPLICATION = '192.168.56.30'

/** What both modes of the database have in common. The tests build on each other; the last one cuts the power of a node. */
export function twoPairs(topology: string): void {
  beforeAll(() => converged(topology, 'four-node'))

  it('finds nothing to change a second time, in three round trips a host', async () => {
    expectNoChange(await play('four-node'))
  })

  it('mends the one line that is wrong on one node, and nothing else', async () => {
    await inGuest('app2', 'sudo sed -i s/^deadtime.*/deadtime\\ 3600/ /etc/ha.d/ha.cf')
    const run = await play('four-node')
    expect(run.code).toBe(0)
    expect(run.tasks('changed')).toEqual(['app2 /etc/ha.d/ha.cf'])
    expectNoChange(await play('four-node', '--check'))
  })

  it('has two clusters that do not hear each other', async () => {
    for (const node of NODES) {
      const members = await inGuest(node, 'sudo cl_status listnodes -n')
      expect(members.split('\n').sort()).toEqual(NODES.filter((one) => one.slice(0, 2) === node.slice(0, 2)))
      // What heartbeat says of packets that are not signed by its own key, or come from a stranger.
      const strangers = "sudo journalctl -q -t heartbeat | grep -ciE 'authenticat|unknown node' || :"
      expect(await inGuest(node, strangers), node).toBe('0')
    }
  })

  it('lets the application in from either of its nodes', async () => {
    const client = await holder(APPLICATION, 'app1', 'app2')
    await sql(client, 'CREATE TABLE proof (id INT PRIMARY KEY) ENGINE=InnoDB')
    await sql(client, 'INSERT INTO proof VALUES (4711)')
    for (const node of ['app1', 'app2']) expect(await sql(node, 'SELECT id FROM proof')).toBe('4711')
  })

  it('serves the application again when the active node of the database loses its power', async () => {
    const client = await holder(APPLICATION, 'app1', 'app2')
    const active = await activeDatabase()
    const survivor = otherDatabase(active)
    await lab.fault('power-off', active)
    await inGuest(survivor, `until ${holds(DATABASE)}; do sleep 1; done`)
    expect(await sql(client, 'SELECT id FROM proof')).toBe('4711')
    await sql(client, 'INSERT INTO proof VALUES (4712)')
    expect(await holder(APPLICATION, 'app1', 'app2')).toBe(client)
  })
}

/** What the application does: over the network, by the address of the service, as its own account. */
export async function sql(node: string, statement: string): Promise<string> {
  const { inventory } = await lab.asItIs.up()
  const password = readFileSync(join(dirname(inventory), 'nagios.password'), 'utf8').trim()
  const client = `mariadb -h ${DATABASE} -u nagios --connect-timeout=60 -N nagios -e '${statement}'`
  return inGuest(node, `read -r MYSQL_PWD && export MYSQL_PWD && ${client}`, `${password}\n`)
}

export const activeDatabase = (): Promise<string> => holder(DATABASE, 'db1', 'db2')

export const otherDatabase = (node: string): string => (node === 'db1' ? 'db2' : 'db1')

const holds = (address: string) => `ip -oneline -4 address show to ${address} | grep -q .`

async function holder(address: string, ...nodes: [string, string]): Promise<string> {
  const held = await Promise.all(
    nodes.map((node) => inGuest(node, `if ${holds(address)}; then echo yes; else echo no; fi`)),
  )
  expect([...held].sort(), `exactly one node holds ${address}`).toEqual(['no', 'yes'])
  return nodes[held.indexOf('yes')] ?? ''
}

export function expectNoChange({ code, recap }: PlaybookRun): void {
  expect(code).toBe(0)
  for (const node of NODES) {
    expect(recap.hosts[node]).toMatchObject({ changed: 0, 'would-change': 0, failed: 0, unknown: 0 })
    expect(recap.hosts[node]?.trips).toBeLessThanOrEqual(3)
  }
}
