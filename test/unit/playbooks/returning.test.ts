import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Task } from 'runsheet'
import { describe, expect, test, vi } from 'vitest'
import { mustBeNode } from '../../../playbooks/parts/named-node.mjs'
import { playbook as rejoin } from '../../../playbooks/rejoin.mjs'
import { playbook as replaceNode } from '../../../playbooks/replace-node.mjs'
import { playbook as reseed } from '../../../playbooks/reseed.mjs'
import { playbook as resolve } from '../../../playbooks/resolve-split-brain.mjs'
import { nodes, replicating } from './fixture.ts'
import { sandbox } from './sandbox.ts'

// The last line of a playbook runs it; here it is only read.
vi.mock('runsheet', async (original) => ({ ...(await original<object>()), run: async () => {} }))

const withVars = <More extends object>(more: More) =>
  nodes().map(({ name, vars }) => ({ name, vars: { ...vars, ...more } }))
const split = (more: { keep?: string; interrupt?: string } = {}) =>
  withVars({ victim: 'node2', keep: '/var/backups/split-brain', interrupt: undefined, ...more })

/** Each play with the hosts and tasks of it. */
function shape<Host extends { name: string }>(
  plays: readonly { name: string; hosts: readonly Host[]; tasks: (host: Host) => Task[] }[],
) {
  return plays.map(({ name, hosts, tasks }) => ({
    name,
    hosts: hosts.map((host) => host.name).join(' '),
    guarded: hosts.some((host) => tasks(host).some(({ guard }) => guard)),
    tasks: hosts.flatMap((host) => tasks(host)),
  }))
}

const PLAYBOOKS = {
  'resolve-split-brain': shape(resolve.plays(split())),
  rejoin: shape(rejoin.plays(withVars({ node: 'node2' }))),
  'replace-node': shape(replaceNode.plays(withVars({ node: 'node2', lost: 'forever' as const }))),
}

test('the plays come in the order in which nothing can be lost, and heartbeat comes last', () => {
  const orders = Object.fromEntries(
    Object.entries(PLAYBOOKS).map(([name, plays]) => [
      name,
      plays.map(({ name, hosts, guarded }) => `${guarded ? 'guarded: ' : ''}${name} (${hosts})`),
    ]),
  )
  expect(orders).toEqual({
    'resolve-split-brain': [
      'guarded: the victim stands back (node2)',
      'its copy is kept aside (node2)',
      'the survivor waits for the victim (node1)',
      'guarded: the victim gives its changes up (node2)',
      'both copies are the same (node2)',
      'guarded: heartbeat (node2)',
      'settled (node1 node2)',
    ],
    rejoin: [
      'guarded: DRBD comes back (node2)',
      'the active node listens (node1)',
      'DRBD connection (node2)',
      'the copy catches up (node2)',
      'guarded: heartbeat (node2)',
      'settled (node1 node2)',
    ],
    'replace-node': [
      'base system and configuration (node2)',
      'what the survivor says of its peer (node1)',
      'guarded: cluster key (node2)',
      'guarded: DRBD metadata (node2)',
      'the survivor listens (node1)',
      'DRBD connection (node2)',
      'the survivor is copied (node2)',
      'shared data (node2)',
      'guarded: heartbeat (node2)',
      'settled (node1 node2)',
    ],
  })
})

test('of databases that replicate the survivor gets the word before anything else takes its time', () => {
  const given = replicating().map(({ name, vars }) => ({
    name,
    vars: { ...vars, victim: 'node2', keep: '/var/backups/split-brain', interrupt: undefined },
  }))
  const plays = shape(resolve.plays(given)).map(
    ({ name, hosts, guarded }) => `${guarded ? 'guarded: ' : ''}${name} (${hosts})`,
  )
  expect(plays.slice(0, 4)).toEqual([
    'guarded: the victim stands back (node2)',
    "the victim's database stands back (node2)",
    "guarded: the survivor's database goes on (node1)",
    'its copy is kept aside (node2)',
  ])
})

test('the data of an old source are made anew by the word of a person alone, in a runbook, too', () => {
  const kinds = (errant?: 'discard') => {
    const given = replicating().map(({ name, vars }) => ({ name, vars: { ...vars, node: 'node2', errant } }))
    return shape(rejoin.plays(given))
      .flatMap(({ tasks }) => tasks.map(({ kind }) => kind))
      .filter((kind) => ['assert', 'errant-saved', 'reseed', 'replica'].includes(kind))
  }
  expect(kinds()).toEqual(['assert', 'replica'])
  expect(kinds('discard')).toEqual(['errant-saved', 'reseed', 'replica'])
})

describe('a copy that was cut off', () => {
  const given = (errant?: 'discard') =>
    replicating().map(({ name, vars }) => ({ name, vars: { ...vars, node: 'node2', errant } }))

  test('is made anew by the same word, though nothing of its own is left in it', () => {
    const [task] = shape(rejoin.plays(given('discard')))
      .flatMap(({ tasks }) => tasks)
      .filter(({ kind }) => kind === 'reseed')
    const box = sandbox({ mariadb: `cat >/dev/null; echo 'id: 1'` })
    const runs = () =>
      box.run(`(\n${task?.when?.test.text.replaceAll('/var/lib/db-promote', box.folder)}\n)`).exitCode
    expect(runs()).toBe(1)
    writeFileSync(join(box.folder, 'incomplete'), 'it is being filled from node1\n')
    expect(runs()).toBe(0)
  })

  test('is refused without that word, and both ways out are told', () => {
    const reasons = (complete: string, errant?: 'discard') => {
      const known = given(errant).map((node) => ({
        ...node,
        facts: { group: { exitCode: 0, stdout: `vip no\ncomplete ${complete}\n`, stderr: '' } },
      }))
      return rejoin.preflight?.(known).filter((reason) => reason.includes('not complete'))
    }
    expect(reasons('yes')).toEqual([])
    expect(reasons('no', 'discard')).toEqual([])
    expect(reasons('no')).toEqual([
      'node2: its copy of the database is not complete: run reseed.mjs -e node=node2 first, or say -e errant=discard here',
    ])
  })
})

test('a copy of a disk is waited for longer than the hour that any other change has', () => {
  const waits = Object.values(PLAYBOOKS).flatMap((plays) =>
    plays.flatMap(({ tasks }) => tasks.filter(({ id }) => id === 'both copies of DRBD resource r0 are good')),
  )
  expect(waits.map(({ timeout }) => timeout)).toEqual([86_400, 86_400, 86_400, 86_400, 86_400])
})

describe.each(Object.entries(PLAYBOOKS))('%s', (_, plays) => {
  const tasks = plays.flatMap((play) => play.tasks)

  test('has no wish that is wrong in itself', () => {
    expect(tasks.flatMap(({ problems }) => problems)).toEqual([])
  })

  test('destroys nothing without the evidence of both nodes, which a runbook demands, too', () => {
    const destructive = tasks.filter(({ apply }) =>
      /create-md|primary --force|mkfs|drbdadm primary|discard-my-data|systemctl stop heartbeat/.test(
        apply.text,
      ),
    )
    expect(destructive.filter(({ guard }) => !guard)).toEqual([])
    for (const { guard } of tasks)
      if (guard) expect(guard).toMatchObject({ hosts: ['node1', 'node2'], demands: expect.anything() })
  })

  test.each(['dash', 'bash --posix', 'busybox sh'])('is understood by %s in every line', (shell) => {
    const [command = '', ...words] = shell.split(' ')
    const texts = tasks.flatMap(({ when, guard, probe, apply }) => [
      probe,
      apply,
      ...(when ? [when.test] : []),
      ...(guard ? [...Object.values(guard.ask), guard.recheck] : []),
    ])
    const input = texts.map(({ text }) => `(\n${text}\n)`).join('\n')
    expect(spawnSync(command, [...words, '-n'], { input, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    })
  })
})

describe('who is meant is said, never guessed', () => {
  test.each([
    ['the victim', resolve, { keep: 'none' }, 'say whose changes are given up: -e victim=NODE'],
    ['the node that comes back', rejoin, {}, 'say which node comes back: -e node=NODE'],
    ['the new machine', replaceNode, { lost: 'forever' }, 'say which node is a new machine: -e node=NODE'],
    [
      'that the old one is lost',
      replaceNode,
      { node: 'node2' },
      'say that the old machine and its disk never come back: -e lost=forever',
    ],
  ])('%s', (_, { vars }, more, message) => {
    const found = vars.safeParse({ ...nodes()[0].vars, application: undefined, ...more })
    expect(found.error?.issues.map((issue) => issue.message)).toContain(message)
  })

  test('a name that no node has is refused before any contact', () => {
    expect(mustBeNode(nodes(), 'victim', 'node3')).toEqual([
      {
        host: 'node1',
        path: ['victim'],
        message: "victim is 'node3', and the nodes are node1, node2",
        hint: 'type -e victim=NODE',
      },
    ])
    expect(mustBeNode(nodes(), 'victim', 'node2')).toEqual([])
  })

  test('the image of a copy is not kept on that copy', () => {
    const violations = (keep: string) => resolve.rules?.flatMap((rule) => rule(split({ keep })))
    expect(violations('/mnt/shared')).toMatchObject([{ host: 'node2', path: ['keep'] }])
    expect(violations('/mnt/shared/kept')).toMatchObject([{ host: 'node2', path: ['keep'] }])
    expect(violations('/mnt/shared2')).toEqual([])
  })
})

describe('where -l leaves a node of the pair out', () => {
  const BOTH = 'both nodes have to be asked: leave out -l'
  const asked = <One extends object>(hosts: readonly One[], index: number) =>
    hosts.slice(index, index + 1).map((host) => ({ ...host, facts: {} }))
  const of = <More extends object>(more: More) =>
    replicating().map(({ name, vars }) => ({ name, vars: { ...vars, ...more } }))

  test.each([
    ['the named one', 1],
    ['its peer', 0],
  ])('nothing begins, and nothing fails by a mistake of ours: %s is asked alone', (_, index) => {
    const lone = asked(of({ node: 'node2', errant: undefined }), index)
    const replaced = asked(of({ node: 'node2', lost: 'forever' as const }), index)
    const seeded = asked(of({ node: 'node2', method: 'dump' as const }), index)
    const halves = asked(split(), index)
    expect(rejoin.preflight?.(lone)).toContain(BOTH)
    expect(replaceNode.preflight?.(replaced)).toContain(BOTH)
    expect(reseed.preflight?.(seeded)).toContain(BOTH)
    expect(resolve.preflight?.(halves)).toEqual([BOTH])
    expect(rejoin.conclusion?.(lone)).toContain('no node holds 192.168.56.10')
    expect(() => reseed.conclusion?.(seeded)).not.toThrow()
    expect(resolve.conclusion?.(halves)).toContain('no node holds 192.168.56.10')
  })
})

test('a victim that runs no unit of ours stands back, too: systemctl stop has too few arguments without one', () => {
  const bare = replicating((vars) => {
    vars.application = undefined
  }).map(({ name, vars }) => ({
    name,
    vars: { ...vars, victim: 'node2', keep: 'none', interrupt: undefined },
  }))
  const [task] = shape(resolve.plays(bare))[0]?.tasks ?? []
  const stops = task?.apply.text.match(/systemctl stop.*/g)
  expect(stops).toEqual(['systemctl stop heartbeat.service'])
})

describe('before a split brain is resolved', () => {
  const answer = (stdout: string) => ({ exitCode: 0, stdout, stderr: '' })
  const group = (connection: string) =>
    `vip no\nmounted no\nconnection ${connection}\nroles Secondary/Unknown\ndisks UpToDate/DUnknown\nactive\n`
  const known = (connection: string, more: Record<string, string> = {}) =>
    split().map((node) => ({
      ...node,
      facts: Object.fromEntries(
        Object.entries({ group: group(connection), ...(node.name === 'node2' ? more : {}) }).map(
          ([name, text]) => [name, answer(text)],
        ),
      ),
    }))

  test('a person reads what the victim loses', () => {
    const lines = resolve.foreword?.(
      known('StandAlone', {
        amount: '4096\n',
        since: '2026-11-23T10:00:00+00:00\n',
        newest: '2026-11-23 10:05 17 bytes var/lib/late.txt\n',
      }),
    )
    expect(lines).toEqual([
      'node2 loses what it has written since 2026-11-23T10:00:00+00:00:',
      '  4096 KiB of its disk differ from what both had before',
      '  its newest files, as they are there now:',
      '    2026-11-23 10:05 17 bytes /mnt/shared/var/lib/late.txt',
      expect.stringContaining('which rows of tables'),
      '  an image of its copy is kept on node2 in /var/backups/split-brain before',
    ])
  })

  test.each([
    [
      'it has transactions that its peer does not know (0-2-9 0-2-12..14); rejoin.mjs lists and saves them first\n',
      '  transactions that only its database has: 0-2-9 0-2-12..14; they stay there until rejoin.mjs saves them and gives them up',
    ],
    ['', '  nothing of the database: the other one has all transactions'],
  ])('of databases that replicate they are named: %j', (errant, line) => {
    expect(resolve.foreword?.(known('StandAlone', { errant }))).toContain(line)
  })

  test('nothing is asked of anybody where the copies are joined', () => {
    expect(resolve.foreword?.(known('Connected'))).toEqual([])
    expect(resolve.preflight?.(known('Connected'))).toEqual([])
    expect(resolve.preflight?.(known('StandAlone'))).toContain('node1 was not heard on its replication')
  })
})
