import { expect, test, vi } from 'vitest'
import { playbook } from '../../../playbooks/switchover.mjs'
import { playbook as update } from '../../../playbooks/update.mjs'
import { nodes } from './fixture.ts'
import { sandbox } from './sandbox.ts'

// The last line of a playbook runs it; here it is only read.
vi.mock('runsheet', async (original) => ({ ...(await original<object>()), run: async () => {} }))

const towards = (to: string) => nodes().map(({ name, vars }) => ({ name, vars: { ...vars, to } }))
const plays = playbook.plays(towards('node2'))
const order = plays[0]?.tasks(plays[0].hosts[0] ?? (towards('node2')[0] as never))[0]

test('one order to the node that is named, and the look at both that ends the making of a cluster', () => {
  expect(plays.map(({ name, hosts }) => [name, hosts.map((host) => host.name)])).toEqual([
    ['switchover', ['node2']],
    ['settled', ['node1', 'node2']],
  ])
  expect(order?.guard?.hosts).toEqual(['node1', 'node2'])
  expect(order?.guard?.demands?.length).toBeGreaterThan(0)
  expect(order?.apply.text).toContain('hb_takeover all')
})

test('nobody but a node is named', () => {
  const said = (to: string) => (playbook.rules ?? []).flatMap((rule) => rule(towards(to)))
  expect(said('node2')).toEqual([])
  expect(said('node3')).toMatchObject([{ path: ['to'] }])
})

test('a database that replicates is not moved on purpose, since nothing asks whether its replica lacks anything', () => {
  const replicating = towards('node2').map(({ name, vars }) => ({
    name,
    vars: { ...vars, packages: [], database: { mode: 'replication' } as never },
  }))
  for (const rules of [playbook.rules ?? [], update.rules ?? []])
    expect(rules.flatMap((rule) => rule(replicating as never))).toContainEqual(
      expect.objectContaining({ host: 'node1', path: ['database', 'mode'] }),
    )
})

test('a node whose service does not answer has not taken over', () => {
  const there = (vip: string, check: string) =>
    sandbox({
      ip: vip === 'yes' ? 'echo 3: eth1 inet' : ':',
      systemctl: 'printf "active\\nactive\\nactive\\n"',
      'mariadb-admin': check,
    })
  // On this machine no DRBD is up, so not even a node that answers has all of it.
  expect(there('yes', 'exit 1').run(order?.probe.text ?? '').stdout).toBe('done no\n')
  expect(there('no', ':').run(order?.probe.text ?? '').stdout).toBe('done no\n')
})
