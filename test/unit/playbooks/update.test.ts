import type { KnownHost } from 'runsheet'
import { describe, expect, test, vi } from 'vitest'
import { groupOf } from '../../../playbooks/parts/cluster.mjs'
import { updating } from '../../../playbooks/parts/update/plays.mjs'
import { oldLists, pending, restartReasons, upgradesIn } from '../../../playbooks/parts/update/questions.mjs'
import { playbook } from '../../../playbooks/update.mjs'
import { nodes } from './fixture.ts'
import { sandbox } from './sandbox.ts'

// The last line of a playbook runs it; here it is only read.
vi.mock('runsheet', async (original) => ({ ...(await original<object>()), run: async () => {} }))

type Update = Parameters<typeof updating>[0][number]

interface State {
  vip: 'yes' | 'no'
  pending?: string
  restart?: string
  /** Questions that end with an error, and print nothing. */
  fails?: string
}

const hosts: Update[] = nodes().map(({ name, vars }) => ({ name, vars: { ...vars, packages: 'cluster' } }))

/** The tasks of each play, by host, where the two nodes are in these states: `play: host kind id`. */
function planned(...states: [State, State]): string[] {
  const known: KnownHost<Update['vars']>[] = hosts.map((host, index) => {
    const { vip, pending: packages = '', restart = '', fails } = states[index] ?? { vip: 'no' }
    const answer = (stdout: string) => ({ exitCode: 0, stdout, stderr: '' })
    const facts = { group: answer(`vip ${vip}\n`), pending: answer(packages), restart: answer(restart) }
    const failed =
      fails === undefined ? {} : { [fails]: { exitCode: 100, stdout: '', stderr: 'E: broken\n' } }
    return { ...host, facts: { ...facts, ...failed } }
  })
  return updating(hosts).flatMap((play) =>
    known.flatMap((host) =>
      (play.fromFacts?.(host, known) ?? []).map(
        ({ kind, id, guard }) => `${play.name}: ${host.name} ${kind} ${id}${guard ? ' (guarded)' : ''}`,
      ),
    ),
  )
}

const NEW = 'heartbeat 1 2\n'
const RESTART = 'the update asks for it (guarded)'
const MODULES = 'assert the kernel that boots next has drbd'

describe('a rolling update', () => {
  test('begins with the standby, and moves the service since the active node has need', () => {
    expect(planned({ vip: 'yes', pending: NEW }, { vip: 'no', pending: NEW })).toEqual([
      'packages of the standby: node2 package heartbeat=2 (guarded)',
      `modules of the standby: node2 ${MODULES}`,
      `restart of the standby: node2 reboot ${RESTART}`,
      'switchover: node2 command node2 has the service (guarded)',
      // What node1 gets when it is the standby, made anew at that moment.
      'packages of the standby: node2 package heartbeat=2 (guarded)',
      `modules of the standby: node2 ${MODULES}`,
      `restart of the standby: node2 reboot ${RESTART}`,
    ])
  })

  test('goes on after the switchover, and does not switch again', () => {
    const left = planned({ vip: 'no', pending: NEW }, { vip: 'yes' })
    expect(left.filter((one) => one.startsWith('switchover'))).toEqual([])
    expect(left[0]).toBe('packages of the standby: node1 package heartbeat=2 (guarded)')
  })

  test('moves the service where the active node has to restart alone', () => {
    expect(planned({ vip: 'yes', restart: 'a package asks for it\n' }, { vip: 'no' })).toContain(
      'switchover: node2 command node2 has the service (guarded)',
    )
  })

  test('leaves two nodes alone that are up to date', () => {
    const tasks = planned({ vip: 'yes' }, { vip: 'no' })
    expect(tasks.filter((one) => /package |switchover/.test(one))).toEqual([])
  })

  test.each<[string, State, State]>([
    ['nobody', { vip: 'no' }, { vip: 'no' }],
    ['both', { vip: 'yes' }, { vip: 'yes' }],
  ])('does nothing but fail where %s holds the address', (_, first, second) => {
    expect(new Set(planned(first, second).map((one) => one.replace(/^.*: /, '')))).toEqual(
      new Set([
        'node1 assert exactly one node of the cluster holds its address',
        'node2 assert exactly one node of the cluster holds its address',
      ]),
    )
  })

  test.each<[string, State, State]>([
    ['packages of the standby', { vip: 'yes' }, { vip: 'no', fails: 'pending' }],
    ['packages of the active node', { vip: 'yes', fails: 'pending' }, { vip: 'no', pending: NEW }],
    ['restart of the active node', { vip: 'yes', fails: 'restart' }, { vip: 'no' }],
  ])('does nothing but fail where the %s cannot be told: that is not as if there were none', (_, one, other) => {
    expect(new Set(planned(one, other).map((told) => told.replace(/^.*: /, '')))).toEqual(
      new Set(['node1', 'node2'].map((name) => `${name} assert both nodes tell what is to be updated`)),
    )
  })

  test('ends with what cannot be told, and does not pass over it', () => {
    const known = hosts.map((host) => ({ ...host, facts: {} }))
    expect(playbook.conclusion?.(known)).toContain('node1 cannot tell what is to be updated: ')
  })

  test('does not begin on a cluster that is not healthy', () => {
    const known = hosts.map((host) => ({ ...host, facts: {} }))
    expect(playbook.preflight?.(known).join('\n')).toContain('node1 says nothing')
    expect(playbook.preflight?.(known).join('\n')).toContain('node1 cannot tell what is to be updated')
  })
})

describe('what is to be updated', () => {
  const group = groupOf(nodes()[0].vars)

  test('is what apt would install, with what is half configured, and without what is new', () => {
    const said = [
      'Inst heartbeat [1:3.0.6-12] (1:3.0.6-13 Debian:12 [amd64]) []',
      'Inst libnew (2.0 Debian:12 [amd64])',
      'Conf heartbeat (1:3.0.6-13 Debian:12 [amd64])',
      'Conf libnew (2.0 Debian:12 [amd64])',
      'Conf chrony (4.3 Debian:12 [amd64])',
    ]
    const { run, calls } = sandbox({
      'apt-get': `printf '%s\\n' ${said.map((line) => `'${line}'`).join(' ')}`,
    })
    const { stdout, exitCode } = run(pending(group, 'cluster').text)
    expect(exitCode).toBe(0)
    expect(upgradesIn(stdout)).toEqual([
      { name: 'heartbeat', from: '1:3.0.6-12', to: '1:3.0.6-13' },
      { name: 'chrony', from: 'half-configured', to: '4.3' },
    ])
    expect(calls()).toEqual([
      expect.stringMatching(
        /^apt-get --simulate --quiet --only-upgrade install heartbeat .*drbd-utils mariadb-server nagios4-core apache2$/,
      ),
    ])
  })

  test('cannot be told where apt fails', () => {
    const { run } = sandbox({ 'apt-get': 'echo no >&2; exit 100' })
    expect(run(pending(group, 'all').text)).toMatchObject({ exitCode: 100, stdout: '' })
  })

  const PARTIAL = '/var/lib/apt/lists/partial'
  test.each([
    ['of this hour', `echo ${PARTIAL}`, '', ''],
    ['old', '', '', '2026-11-20 08:15\n'],
    [
      'older than the sources',
      `echo ${PARTIAL}`,
      'echo /etc/apt/sources.list.d/new.list',
      '2026-11-20 08:15\n',
    ],
  ])('is told by lists that are %s', (_, fresh, newer, told) => {
    const { run } = sandbox({
      find: `case "$*" in *-mmin*) ${fresh || ':'} ;; *-newer*) ${newer || ':'} ;; esac`,
      date: `echo '2026-11-20 08:15'`,
    })
    expect(run(oldLists.text)).toMatchObject({ exitCode: 0, stdout: told })
  })

  test('is told by lists that nobody can date', () => {
    const { run } = sandbox({ find: ':', date: 'exit 1' })
    expect(run(oldLists.text)).toMatchObject({ exitCode: 0, stdout: 'an unknown time\n' })
  })

  test('may be more than a check tells, where the lists are old', () => {
    const lists = { exitCode: 0, stdout: '2026-11-20 08:15\n', stderr: '' }
    const known = hosts.map((host) => ({ ...host, facts: host.name === 'node1' ? { lists } : {} }))
    expect(playbook.conclusion?.(known).filter((line) => line.includes('lists of packages'))).toEqual([
      'node1: its lists of packages are of 2026-11-20 08:15; a run renews them first, and may find more than is told here',
    ])
  })

  test('is a restart, where another kernel or another program of heartbeat waits', () => {
    // A unit that has done its work at boot has no process.
    const systemctl = 'case "$*" in *drbd*) echo 0 ;; *) echo 1 ;; esac'
    const common = { systemctl, modinfo: 'exit 1', cat: 'exit 1', uname: 'echo 6.1.0-1' }
    const newer = sandbox({
      ...common,
      'linux-version': 'case $1 in list) echo 6.1.0-1; echo 6.1.0-2 ;; sort) /bin/cat ;; esac',
      readlink: "[ $1 != /proc/0/exe ] && echo '/usr/libexec/heartbeat/heartbeat (deleted)'",
    })
    expect(newer.run(restartReasons(group).text).stdout).toBe(
      'kernel 6.1.0-2 is installed, 6.1.0-1 runs\nheartbeat runs a program that was replaced\n',
    )
    const same = sandbox({
      ...common,
      'linux-version': 'exit 1',
      readlink: 'echo /usr/libexec/heartbeat/heartbeat',
    })
    expect(same.run(restartReasons(group).text)).toMatchObject({ exitCode: 0, stdout: '' })
  })
})
