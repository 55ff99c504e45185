import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Guard, sh } from 'runsheet'
import { expect, test, vi } from 'vitest'
import { groupOf } from '../../../playbooks/parts/cluster.mjs'
import { takenOver } from '../../../playbooks/parts/group.mjs'
import { playbook } from '../../../playbooks/switchover.mjs'
import { nodes, replicating } from './fixture.ts'
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

test('nothing moves while a restore is at work or has failed, on either node', () => {
  const asked = order?.guard?.ask.unfinished?.text ?? ''
  for (const path of [
    '/run/cluster-watch.paused',
    '/var/lib/cluster-restore.database',
    '/var/lib/cluster-restore.files',
  ])
    expect(asked).toContain(path)
})

test('nobody but a node is named', () => {
  const said = (to: string) => (playbook.rules ?? []).flatMap((rule) => rule(towards(to)))
  expect(said('node2')).toEqual([])
  expect(said('node3')).toMatchObject([{ path: ['to'] }])
})

test('of databases that replicate, the replica vouches before, and the old source follows at the end', () => {
  const moved = playbook.plays(
    replicating().map(({ name, vars }) => ({ name, vars: { ...vars, to: 'node2' } })),
  )
  expect(moved.map(({ name }) => name)).toEqual(['switchover', 'settled', 'replication'])
  const guard = moved[0]?.tasks(moved[0].hosts[0] ?? (towards('node2')[0] as never))[0]?.guard
  expect(Object.keys(guard?.ask ?? {})).toEqual(
    expect.arrayContaining(['address', 'replication', 'database', 'lacking']),
  )
  const last = moved.at(-1)
  expect(last?.hosts.map((host) => last.tasks(host)[0]?.guard?.protects)).toEqual([
    'transactions that only one of two databases has',
    'transactions that only one of two databases has',
  ])
})

test('a service that does not arrive is told, though its clients write on elsewhere', () => {
  // A second passes at once, and after each the database has one more transaction; nobody waits for ever here.
  const there = sandbox({
    ip: ':',
    sleep: 'cd "$(dirname "$0")"; n=$(($(cat n) + 1)); echo $n >n; [ $n -lt 400 ] || kill $PPID',
  })
  writeFileSync(join(there.folder, 'n'), '0\n')
  const group = groupOf(replicating()[0].vars)
  const written = sh`read -r written <${join(there.folder, 'n')}`
  const { apply } = takenOver(
    {
      ...group,
      units: [],
      services: [],
      states: [{ read: written, names: ['written'], here: {}, elsewhere: {}, tell: () => [] }],
    },
    'node2',
    order?.guard as Guard,
  )
  const { exitCode, stderr } = there.run(apply.text.replace(/^.*hb_takeover all$/m, ':'))
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: expect.stringMatching(/the service does not arrive; so far:\nvip no\nwritten \d+\nactive\n$/),
  })
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
