import { spawnSync } from 'node:child_process'
import type { Task } from 'runsheet'
import { expect, test, vi } from 'vitest'
import { script } from '../../../playbooks/parts/heartbeat.mjs'
import { playbook } from '../../../playbooks/two-node.mjs'
import { nodes } from './fixture.ts'

// The last line of a playbook runs it; here it is only read.
vi.mock('runsheet', async (original) => ({ ...(await original<object>()), run: async () => {} }))

const hosts = nodes()
const plays = playbook.plays(hosts)
const tasks = plays.flatMap((play) => play.hosts.flatMap((host) => play.tasks(host)))

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

test('no wish is wrong in itself', () => {
  expect(tasks.flatMap(({ problems }) => problems)).toEqual([])
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

test('no account gets a number of its package, and the accounts come first', () => {
  const kinds = plays[0]?.tasks(hosts[0]).map(({ kind }) => kind) ?? []
  expect(kinds.lastIndexOf('user')).toBeLessThan(kinds.indexOf('package'))
  expect(kinds.lastIndexOf('group')).toBeLessThan(kinds.indexOf('user'))
})

test.each(['dash', 'bash --posix', 'busybox sh'])('%s understands every line', (shell) => {
  const [command = '', ...words] = shell.split(' ')
  const facts = Object.values(playbook.facts?.(hosts[0]) ?? {}).map(({ text }) => text)
  const texts = new Set([
    ...tasks.flatMap(shellOf),
    ...facts,
    script('unit').reveal(),
    script('watch').reveal(),
  ])
  // One shell for all: a subshell keeps each text apart, as the engine does.
  const input = [...texts].map((text) => `(\n${text}\n)`).join('\n')
  expect(spawnSync(command, [...words, '-n'], { input, encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: '',
  })
})

test('the key never stands in the text of a command', () => {
  expect(tasks.flatMap(shellOf).join('\n')).not.toContain('correct-horse-battery')
})
