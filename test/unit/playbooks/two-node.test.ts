import { spawnSync } from 'node:child_process'
import type { Task } from 'runsheet'
import { expect, test, vi } from 'vitest'
import { clusterOf } from '../../../playbooks/parts/cluster.mjs'
import { unitScript, watch } from '../../../playbooks/parts/heartbeat.mjs'
import { playbook } from '../../../playbooks/two-node.mjs'
import { fencedNodes, nodes } from './fixture.ts'

// The last line of a playbook runs it; here it is only read.
vi.mock('runsheet', async (original) => ({ ...(await original<object>()), run: async () => {} }))

const hosts = nodes()
const plays = playbook.plays(hosts)
const tasks = tasksOf(plays)
const lunTasks = tasksOf(playbook.plays(fencedNodes()))

function tasksOf(all: typeof plays): Task[] {
  return all.flatMap((play) => play.hosts.flatMap((host) => play.tasks(host)))
}

function shellOf({ when, guard, probe, apply, notify }: Task): string[] {
  const asked = guard ? [...Object.values(guard.ask), guard.recheck] : []
  return [probe, apply, ...(when ? [when.test] : []), ...asked, ...notify.map(({ run }) => run)].map(
    ({ text }) => text,
  )
}

test('the plays come in the order in which nothing can be lost', () => {
  expect(plays.map(({ name }) => name)).toEqual([
    'base system and configuration',
    'cluster key',
    'DRBD metadata',
    'DRBD connection',
    'first copy',
    'storage by hand',
    'shared file system',
    'storage mounted by hand',
    'database on the shared storage',
    'shared data',
    'storage left to heartbeat',
    'heartbeat',
    'settled',
  ])
})

test('a watcher that has changed is started anew', () => {
  const watchers = tasks.filter(({ id }) => id === '/etc/ha.d/watch')
  expect(watchers.map(({ notify }) => notify.map(({ run }) => run.text))).toEqual(
    hosts.map(() => [expect.stringContaining('pkill -f')]),
  )
})

test('with a LUN, one node marks it, makes its file system, and lets it go before heartbeat starts', () => {
  expect(playbook.plays(fencedNodes()).map((play) => [play.name, play.hosts.length])).toEqual([
    ['base system and configuration', 2],
    ['cluster key', 2],
    ['one disk', 1],
    ['shared file system', 1],
    ['storage mounted by hand', 1],
    ['database on the shared storage', 2],
    ['shared data', 2],
    ['storage left to heartbeat', 1],
    ['heartbeat', 2],
    ['settled', 2],
  ])
})

test('no wish is wrong in itself', () => {
  expect([...tasks, ...lunTasks].flatMap(({ problems }) => problems)).toEqual([])
})

test('whatever destroys or starts a second writer is guarded by both nodes', () => {
  const guarded = tasks.filter(({ guard }) => guard)
  expect([...new Set(guarded.map(({ id }) => id))]).toEqual([
    '/etc/ha.d/authkeys',
    'metadata of DRBD resource r0',
    'first copy of DRBD resource r0',
    'DRBD resource r0 can be written here',
    '/dev/drbd0',
    'heartbeat',
  ])
  for (const { guard } of guarded) expect(guard?.hosts).toEqual(['node1', 'node2'])
  const destructive = tasks.filter(({ apply }) =>
    /create-md|primary --force|mkfs|drbdadm primary/.test(apply.text),
  )
  expect(destructive.filter(({ guard }) => !guard)).toEqual([])
})

test('a LUN is marked, made into a file system and mounted only with a guard that asks both nodes', () => {
  const guarded = lunTasks.filter(({ guard }) => guard)
  const disk = '/dev/disk/by-id/virtio-shared'
  expect([...new Set(guarded.map(({ id }) => id))]).toEqual([
    '/etc/ha.d/authkeys',
    `${disk} is marked, so that each node can tell that it is the same disk`,
    disk,
    '/mnt/shared',
    'heartbeat',
  ])
  for (const { guard } of guarded) expect(guard?.hosts).toEqual(['node1', 'node2'])
  const destructive = lunTasks.filter(({ apply }) => /mkfs|\bdd of=|^ *mount -t/m.test(apply.text))
  expect(destructive.filter(({ guard }) => !guard)).toEqual([])
})

test('no account gets a number of its package, and the accounts come first', () => {
  const kinds = plays[0]?.tasks(hosts[0]).map(({ kind }) => kind) ?? []
  expect(kinds.lastIndexOf('user')).toBeLessThan(kinds.indexOf('package'))
  expect(kinds.lastIndexOf('group')).toBeLessThan(kinds.indexOf('user'))
})

test.each(['dash', 'bash --posix', 'busybox sh'])('%s understands every line', (shell) => {
  const [command = '', ...words] = shell.split(' ')
  const facts = Object.values(playbook.facts?.(hosts[0]) ?? {}).map(({ text }) => text)
  const texts = new Set([
    ...[...tasks, ...lunTasks].flatMap(shellOf),
    ...facts,
    unitScript().reveal(),
    watch(clusterOf(hosts)).reveal(),
  ])
  // One shell for all: a subshell keeps each text apart, as the engine does.
  const input = [...texts].map((text) => `(\n${text}\n)`).join('\n')
  expect(spawnSync(command, [...words, '-n'], { input, encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: '',
  })
})

test('no secret ever stands in the text of a command', () => {
  expect([...tasks, ...lunTasks].flatMap(shellOf).join('\n')).not.toMatch(/correct-horse|battery-staple/)
})
