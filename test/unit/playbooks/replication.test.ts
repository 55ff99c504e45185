import { spawnSync } from 'node:child_process'
import { Secret, type Task } from 'runsheet'
import { describe, expect, test, vi } from 'vitest'
import { clusterOf } from '../../../playbooks/parts/cluster.mjs'
import { promotionScript, settings } from '../../../playbooks/parts/database/replication.mjs'
import { haresources } from '../../../playbooks/parts/heartbeat.mjs'
import { databaseMode, rules } from '../../../playbooks/parts/rules.mjs'
import type { Replication, Variables } from '../../../playbooks/parts/variables.mjs'
import { variables } from '../../../playbooks/parts/variables.mjs'
import { playbook as rejoin } from '../../../playbooks/rejoin.mjs'
import { playbook as replaceNode } from '../../../playbooks/replace-node.mjs'
import { playbook } from '../../../playbooks/replication.mjs'
import { replicating, written } from './fixture.ts'

// The last line of a playbook runs it; here it is only read.
vi.mock('runsheet', async (original) => ({ ...(await original<object>()), run: async () => {} }))

const password = new Secret('replication.password', 'correct-horse-battery')
const hosts = replicating()
const database = hosts[0].vars.database as Replication
const plays = playbook.plays(hosts)
const named = hosts.map(({ name, vars }) => ({
  name,
  vars: { ...vars, node: 'node2', lost: 'forever' as const },
}))
const tasks = plays.flatMap((play) => play.hosts.flatMap((host) => play.tasks(host)))

function shellOf({ when, guard, probe, apply, notify }: Task): string[] {
  const asked = guard ? [...Object.values(guard.ask), guard.recheck] : []
  return [probe, apply, ...(when ? [when.test] : []), ...asked, ...notify.map(({ run }) => run)].map(
    ({ text }) => text,
  )
}

test('the database is filled and follows before heartbeat is in charge', () => {
  expect(plays.map(({ name }) => name)).toEqual([
    'base system and configuration',
    'cluster key',
    'DRBD metadata',
    'DRBD connection',
    'first copy',
    'storage by hand',
    'shared file system',
    'storage mounted by hand',
    'database server',
    'replication account',
    'first copy of the database',
    'replication',
    'shared data',
    'database left to heartbeat',
    'storage left to heartbeat',
    'heartbeat',
    'settled',
  ])
})

test('no wish is wrong in itself, and no password stands in a command', () => {
  expect(tasks.flatMap(({ problems }) => problems)).toEqual([])
  expect(tasks.flatMap(shellOf).join('\n')).not.toContain('correct-horse-battery')
})

test('whatever forgets data or follows is guarded by both nodes, with demands for a runbook', () => {
  const isDangerous = /RESET MASTER|; START |DROP DATABASE/
  const dangerous = tasks.filter(({ kind, apply }) => kind !== 'file' && isDangerous.test(apply.text))
  expect(new Set(dangerous.map(({ kind }) => kind))).toEqual(new Set(['seed', 'replica']))
  for (const { guard } of dangerous) {
    expect(guard?.hosts).toEqual(['node1', 'node2'])
    expect(guard?.demands).not.toEqual([])
  }
})

test('a copy of a database may take longer than the hour that any other change has', () => {
  const givenUp = named.map(({ name, vars }) => ({ name, vars: { ...vars, errant: 'discard' as const } }))
  const ways = [playbook.plays(hosts), replaceNode.plays(named), rejoin.plays(givenUp)]
  const kinds = ['seed', 'reseed', 'compared']
  const limits = ways
    .flat()
    .flatMap(({ hosts, tasks }) =>
      hosts.flatMap((host) =>
        tasks(host as never).flatMap(({ kind, timeout }) =>
          kinds.includes(kind) ? [`${kind} ${timeout}`] : [],
        ),
      ),
    )
  expect(limits).toEqual(['seed 86400', 'seed 86400', 'seed 86400', 'reseed 86400', 'compared 86400'])
})

test('heartbeat promotes the database between the storage and the application', () => {
  expect(haresources(clusterOf(hosts)).reveal()).toContain(
    'ext4 db-promote unit::nagios4 unit::apache2 IPaddr2::',
  )
})

test('a pair of databases has no storage', () => {
  const pair = replicating((vars) => {
    delete vars.storage
    delete vars.application
  })
  expect(haresources(clusterOf(pair)).reveal()).toContain('node1 db-promote IPaddr2::192.168.56.10/24/eth1\n')
  expect(rules.flatMap((rule) => rule(pair))).toEqual([])
})

test.each(['dash', 'bash --posix', 'busybox sh', 'mksh'])('%s understands every line', (shell) => {
  const [command = '', ...words] = shell.split(' ')
  const facts = Object.values(playbook.facts?.(hosts[0]) ?? {}).map(({ text }) => text)
  const texts = new Set([
    ...tasks.flatMap(shellOf),
    ...facts,
    promotionScript({ deadtime: 10, tools: '/usr/share/heartbeat' }).reveal(),
  ])
  const input = [...texts].map((text) => `(\n${text}\n)`).join('\n')
  expect(spawnSync(command, [...words, '-n'], { input, encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: '',
  })
})

test('each server has its own numbers, and takes no writes by itself', () => {
  const [first, second] = hosts.map((node) => settings(database, clusterOf(hosts), node).reveal())
  expect(first).toMatch(/^server_id += 1$/m)
  expect(second).toMatch(/^server_id += 2$/m)
  expect(first).toMatch(/^auto_increment_offset += 1$/m)
  expect(second).toMatch(/^auto_increment_offset += 2$/m)
  for (const line of ['read_only        = ON', 'skip_slave_start = ON', 'gtid_strict_mode  = ON'])
    expect(first?.split('\n')).toContain(line)
  const waiting = settings({ ...database, semi_sync: true }, clusterOf(hosts), hosts[0]).reveal()
  expect(waiting).toMatch(/^rpl_semi_sync_master_enabled +=.ON$/m)
  expect(waiting).toMatch(/^rpl_semi_sync_master_wait_point = AFTER_SYNC$/m)
})

describe('the inventory is refused', () => {
  const violations = (change: (vars: Variables, number: 1 | 2) => void) =>
    rules
      .flatMap((rule) => rule(replicating(change)))
      .map(({ host, path, message }) => ({ host, path, message }))

  test('where both nodes have one server_id', () => {
    expect(
      violations((vars) => {
        vars.server_id = 7
      }),
    ).toEqual([
      {
        host: 'node2',
        path: ['server_id'],
        message: '7 is also the server_id of node1: each would ignore what the other one sends',
      },
    ])
  })

  test('where a node has none', () => {
    expect(
      violations((vars, number) => {
        if (number === 2) delete vars.server_id
      }),
    ).toEqual([
      {
        host: 'node2',
        path: ['server_id'],
        message: 'a database that replicates needs a server_id on each node',
      },
    ])
  })

  test('where the database is of another mode than the playbook', () => {
    expect(databaseMode('shared-disk')(hosts).map(({ message }) => message)).toEqual([
      "this playbook is for databases of the mode 'shared-disk'",
      "this playbook is for databases of the mode 'shared-disk'",
    ])
  })

  test.each<[string, object, RegExp]>([
    ['a password in the open', { password: 'correct-horse-battery' }, /!secret/],
    ['a short one', { password: new Secret('p', 'short') }, /16 to 32/],
    ['one with a quote', { password: new Secret('p', "correct-horse-'battery") }, /without blanks, quotes/],
    ['no password', {}, /!secret/],
    ['an unknown key', { password, semisync: true }, /Unrecognized key/],
  ])('where it has %s', (_, more, message) => {
    const wrong = { ...written(1), database: { mode: 'replication', ...more } }
    expect(variables.safeParse(wrong).error?.issues[0]?.message).toMatch(message)
  })
})
