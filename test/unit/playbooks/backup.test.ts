import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { playbook as backup } from '../../../playbooks/backup.mjs'
import { activeHere, tellActive } from '../../../playbooks/parts/active.mjs'
import { backupIn, damage, readManifest } from '../../../playbooks/parts/backup/manifest.mjs'
import { tellUnfinished, UNFINISHED } from '../../../playbooks/parts/backup/unfinished.mjs'
import { playbook as restore } from '../../../playbooks/restore.mjs'
import { fourNodes, nodes } from './fixture.ts'
import { sandbox } from './sandbox.ts'

// The last line of a playbook runs it; here it is only read.
vi.mock('runsheet', async (original) => ({ ...(await original<object>()), run: async () => {} }))

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runsheet-backup-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const DUMP = 'all of it'
const sum = (text: string) => createHash('sha256').update(text).digest('hex')
const manifest = (cluster: string) => `cluster ${cluster}
node node1
at 2026-11-23 16:00:00 UTC
locked_from 2026-11-23 16:00:00.250000
locked_until 2026-11-23 16:00:01.500000
gtid 0-1-11
database shop
database odd name
content database ${sum('x')}
content files ${sum('y')}
file ${sum(DUMP)} ${DUMP.length} database.sql.gz
file ${sum(DUMP)} ${DUMP.length} files.tar.gz
`

function save(cluster = 'cluster', at = folder) {
  mkdirSync(at, { recursive: true })
  writeFileSync(join(at, 'manifest'), manifest(cluster))
  for (const file of ['database.sql.gz', 'files.tar.gz']) writeFileSync(join(at, file), DUMP)
}

const told = <More extends object>(all: ReturnType<typeof fourNodes>, more: More) =>
  all.map(({ name, vars }) => ({ name, vars: { ...vars, ...more } }))
const withVariables = <More extends object>(more: More) => told(nodes(), more)

test('who has the service is unknown where the address cannot be asked for', () => {
  const said = (ip: string) => {
    const node = sandbox({ ip, systemctl: 'echo active' })
    return [tellActive('192.0.2.10'), activeHere('192.0.2.10', 'it is not').test].map(({ text }) =>
      node.run(text),
    )
  }
  expect(said('echo 3: eth1 inet')).toMatchObject([{ exitCode: 0, stdout: 'active\n' }, { exitCode: 0 }])
  expect(said(':')).toMatchObject([{ exitCode: 0, stdout: 'standby\n' }, { exitCode: 1 }])
  expect(said('exit 1')).toMatchObject([{ exitCode: 75, stdout: '' }, { exitCode: 75 }])
})

test('what is there is no nothing where it cannot be asked for', () => {
  save()
  const [first, ...plays] = restore.plays(withVariables({ from: folder, give_up: [] }))
  const host = first?.hosts[0] ?? expect.fail()
  const guard = plays.flatMap((play) => play.tasks(host)).find((task) => task.guard)?.guard
  expect(sandbox({ ip: 'exit 1' }).run(guard?.recheck.text ?? '').exitCode).not.toBe(0)
})

test('a manifest says what is in a backup, and for how long writers waited', () => {
  expect(readManifest(manifest('cluster'))).toMatchObject({
    cluster: 'cluster',
    node: 'node1',
    databases: ['shop', 'odd name'],
    content: { database: sum('x'), files: sum('y') },
    files: [{ name: 'database.sql.gz', size: DUMP.length }, { name: 'files.tar.gz' }],
    waited: '1.3 s',
  })
  expect(readManifest('cluster app\nnode app1\n')).toMatchObject({ databases: [], waited: undefined })
})

describe('a backup', () => {
  test('is brought from whichever node is active, to a folder of its name, the manifest last', () => {
    const [play] = backup.plays(withVariables({ to: folder }))
    const tasks = play?.tasks(play.hosts[1] ?? expect.fail()) ?? []
    expect(tasks.map(({ id }) => id)).toEqual([
      'no older backup waits on the node',
      'consistent backup',
      ...['database.sql.gz', 'files.tar.gz', 'manifest'].map(
        (file) => `/var/backups/runsheet/${file} to ${join(folder, 'node2', file)}`,
      ),
      'no copy is left on the node',
    ])
    const conditions = tasks.map(({ when }) => when?.otherwise)
    expect(conditions[1]).toBe('the service is not active here')
    // The service may have moved since: what was made on a node is brought and removed there.
    expect(new Set(conditions.slice(2, -1))).toEqual(new Set(['no backup was made here']))
    expect([conditions[0], conditions.at(-1)]).toEqual([undefined, undefined])
  })

  const MINUTES = 60_000
  /** Exit codes of a node on which a copy waits that was made for that place, so many minutes ago. */
  const staged = (to: string | undefined, age = 0, ip = ':') => {
    const node = sandbox({ ip, systemctl: 'echo active' })
    const at = join(node.folder, 'staged')
    if (to !== undefined) {
      mkdirSync(at)
      writeFileSync(join(at, 'manifest'), `${manifest('cluster')}to ${to}\n`)
      const then = new Date(Date.now() - age * MINUTES)
      utimesSync(join(at, 'manifest'), then, then)
    }
    const [play] = backup.plays(withVariables({ to: folder }))
    const [older, made, fetched] = play?.tasks(play.hosts[0] ?? expect.fail()) ?? []
    const run = (text = 'exit 99') => node.run(text.replaceAll('/var/backups/runsheet', at))
    return {
      older: run(older?.probe.text).stdout.trim(),
      made: run(made?.probe.text).stdout.trim(),
      fetched: run(fetched?.when?.test.text).exitCode,
    }
  }
  const NEW = { older: 'done yes', made: 'done yes', fetched: 0 }

  test('that waits on a node is taken by the run that goes on, and by no other one', () => {
    expect(staged(folder, 50)).toEqual(NEW)
    expect(staged(folder, 70)).toMatchObject({ older: 'done no', made: 'done no' })
    expect(staged('backups/another')).toEqual({ older: 'done no', made: 'done no', fetched: 1 })
    expect(staged(`${folder}/more`)).toEqual({ older: 'done no', made: 'done no', fetched: 1 })
  })

  test('is brought from the node where it was made, and is awaited where the service is', () => {
    expect(staged(folder, 70).fetched).toBe(0)
    expect(staged(undefined).fetched).toBe(1)
    expect(staged(undefined, 0, 'echo 3: eth1 inet').fetched).toBe(75)
    expect(staged(undefined, 0, 'exit 1').fetched).toBe(75)
  })

  /** A node that makes a backup, while one of its programs fails as on a full disk. */
  function saving(commands: Record<string, string>) {
    const node = sandbox({
      ip: 'echo 3: eth1 inet',
      mariadb: `case $* in
        *unbuffered*) while read -r said; do echo "locked now"; echo "unlocked now"; done ;;
        *schema_name*) echo shop ;;
      esac`,
      'mariadb-dump': 'echo "USE shop"',
      grep: 'case $* in *mnt/shared*) exit 0 ;; esac\nexec /usr/bin/grep "$@"',
      tar: 'echo all',
      ...commands,
    })
    const at = join(node.folder, 'staged')
    const [play] = backup.plays(withVariables({ to: folder }))
    const task = play?.tasks(play.hosts[0] ?? expect.fail())[1]
    const text = task?.apply.text.replaceAll('/var/backups/runsheet', at) ?? 'exit 99'
    return { ...node.run(`set -e\n${text}`), isThere: existsSync(join(at, 'manifest')) }
  }

  test('has a manifest when all of it is there', () => {
    expect(saving({})).toMatchObject({ exitCode: 0, isThere: true })
  })

  test.each([
    [
      'the dump cannot be written',
      { gzip: 'case $* in -1) cat >/dev/null; exit 1 ;; esac; exec /usr/bin/gzip "$@"' },
    ],
    [
      'its parts cannot be joined',
      { cat: 'case $* in */rest) echo half; exit 1 ;; esac; exec /usr/bin/cat "$@"' },
    ],
    [
      'the archive cannot be written',
      {
        // The third one of a backup: before it come both parts of the dump.
        gzip: `case $* in -1) ;; *) exec /usr/bin/gzip "$@" ;; esac
          cd "$(dirname "$0")"; read -r input; case $input in all) exit 1 ;; esac; echo "$input" | exec /usr/bin/gzip -1`,
      },
    ],
    [
      'the server does not tell its databases',
      {
        mariadb:
          'case $* in *unbuffered*) while read -r said; do echo locked; echo unlocked; done ;; *schema_name*) exit 1 ;; esac',
      },
    ],
  ])('is none where %s', (_, commands) => {
    expect(saving(commands)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('nothing of it is kept'),
      isThere: false,
    })
  })

  test('that no node has made is told at the end', () => {
    const last = backup.plays(withVariables({ to: folder })).at(-1)
    const known = withVariables({ to: folder }).map((node) => ({ ...node, facts: {} }))
    const left = (asked = known) =>
      asked.flatMap((node) => (last?.fromFacts?.(node, asked) ?? []).map(({ kind, id }) => `${kind}: ${id}`))
    expect(last?.hosts.map(({ name }) => name)).toEqual(['node1', 'node2'])
    expect(left()).toEqual([`assert: a backup of cluster is in ${folder}`])
    expect(left(known.slice(1))).toEqual([`assert: a backup of cluster is in ${folder}`])
    save('cluster', join(folder, 'node2'))
    expect(left()).toEqual([])
  })

  test('that is there is not taken again; half of one is', () => {
    mkdirSync(join(folder, 'node1'))
    writeFileSync(join(folder, 'node1', 'database.sql.gz'), DUMP)
    expect(backup.plays(withVariables({ to: folder }))).toHaveLength(2)
    save('cluster', join(folder, 'node1'))
    expect(backup.plays(withVariables({ to: folder }))).toEqual([])
    expect(
      backup.conclusion?.(withVariables({ to: folder }).map((node) => ({ ...node, facts: {} }))),
    ).toEqual([
      `${join(folder, 'node1')} is the backup of cluster, made at 2026-11-23 16:00:00 UTC: database.sql.gz (9 bytes), files.tar.gz (9 bytes), ` +
        'those who write to the database waited for 1.3 s',
    ])
  })

  test('is not begun where nobody or both have the service', () => {
    const known = (...said: string[]) =>
      withVariables({ to: folder }).map((node, index) => ({
        ...node,
        facts: {
          active: { exitCode: 0, stdout: `${said[index]}\n`, stderr: '' },
          unfinished: { exitCode: 0, stdout: '', stderr: '' },
        },
      }))
    expect(backup.preflight?.(known('active', 'standby'))).toEqual([])
    expect(backup.preflight?.(known('standby', 'standby'))).toMatchObject(
      [/^none of node1 and node2/].map((one) => expect.stringMatching(one)),
    )
    expect(backup.preflight?.(known('active', 'active'))).toMatchObject([
      expect.stringMatching(/^each of node1/),
    ])
  })

  test('is not begun where a restore is at work or has failed on either node, or nobody knows', () => {
    const known = (...said: { exitCode: number; stdout: string; stderr: string }[]) =>
      withVariables({ to: folder }).map((node, index) => ({
        ...node,
        facts: {
          active: { exitCode: 0, stdout: index === 0 ? 'active\n' : 'standby\n', stderr: '' },
          ...(said[index] && { unfinished: said[index] }),
        },
      }))
    const whole = { exitCode: 0, stdout: '', stderr: '' }
    const half = { ...whole, stdout: '/var/lib/cluster-restore.database\n' }
    expect(backup.preflight?.(known(half, whole))).toMatchObject([
      expect.stringMatching(/^a restore is at work or has failed, by what is on node1 \(.*database\)/),
    ])
    expect(backup.preflight?.(known(whole, half))).toMatchObject([expect.stringMatching(/on node2/)])
    expect(backup.preflight?.(known(whole, { ...half, exitCode: 1 }))).toMatchObject([
      expect.stringMatching(/^node2 does not tell/),
    ])
    expect(backup.preflight?.(known(whole))).toMatchObject([expect.stringMatching(/^node2 does not tell/)])
  })

  test('tells each file that an unfinished restore has left', () => {
    const node = sandbox({})
    const own = (files: readonly string[]) =>
      node.run(tellUnfinished.text.replace(UNFINISHED.join(' '), files.join(' ')))
    expect(UNFINISHED.every((file) => tellUnfinished.text.includes(file))).toBe(true)
    expect(own(['/nowhere', '/etc'])).toMatchObject({ exitCode: 0, stdout: '/etc\n' })
    expect(own(['/nowhere'])).toMatchObject({ exitCode: 0, stdout: '' })
  })

  test('of a pair that has no database of its own is one of its files', () => {
    const plays = backup.plays(told(fourNodes(), { to: folder }))
    expect(plays.map(({ name }) => name)).toEqual([
      'backup of db',
      'the backup of db is here',
      'backup of app',
      'the backup of app is here',
    ])
    const files = plays[2]?.tasks(plays[2].hosts[0] ?? expect.fail()).filter(({ kind }) => kind === 'fetch')
    expect(files?.map(({ id }) => id.split('/').at(-1))).toEqual(['files.tar.gz', 'manifest'])
  })
})

describe('a restore', () => {
  const given = (more: object = {}) => withVariables({ from: folder, give_up: [], ...more })
  const violations = () =>
    restore.rules
      ?.at(-1)?.(given())
      .map(({ message }) => message)

  test('is of a complete backup of this cluster', () => {
    expect(violations()).toEqual([`${folder} holds no complete backup: there is no manifest in it`])
    save('another')
    expect(violations()).toEqual([`${folder} is a backup of another, which is not in this inventory`])
    save()
    expect(violations()).toEqual([])
    writeFileSync(join(folder, 'files.tar.gz'), 'All of it')
    writeFileSync(join(folder, 'database.sql.gz'), 'all')
    expect(violations()).toEqual([
      `${join(folder, 'database.sql.gz')} has 3 bytes, not 9`,
      `${join(folder, 'files.tar.gz')} is not what was saved: its SHA-256 differs`,
    ])
    rmSync(join(folder, 'files.tar.gz'))
    expect(damage(folder, backupIn(folder) ?? expect.fail())).toContain(
      `${join(folder, 'files.tar.gz')} is missing`,
    )
  })

  test('asks both nodes before anything is replaced, and the application goes on at the end', () => {
    save()
    const plays = restore.plays(given())
    expect(plays.map(({ name }) => name)).toEqual([
      'bring the backup',
      'the databases are those of the backup',
      'the files are those of the backup',
      'the application goes on',
    ])
    const tasks = plays.flatMap((play) => play.hosts.flatMap((host) => play.tasks(host)))
    expect(tasks.flatMap(({ problems }) => problems)).toEqual([])
    const destructive = tasks.filter(({ apply }) => /DROP DATABASE|load_files/.test(apply.text))
    expect(destructive).toHaveLength(4)
    for (const { guard } of destructive) expect(guard?.hosts).toEqual(['node1', 'node2'])
  })

  test('brings only what would replace something, and leaves none of it', () => {
    save()
    const plays = restore.plays(given())
    const [first] = plays[0]?.hosts ?? []
    const tasks = plays.flatMap((play) => play.tasks(first ?? expect.fail()))
    const copies = tasks.filter(({ kind }) => kind === 'copy')
    expect(copies.map(({ id }) => id)).toEqual([
      '/var/backups/runsheet.restore.database.sql.gz',
      '/var/backups/runsheet.restore.files.tar.gz',
    ])
    expect(copies.map(({ when }) => when?.test.text)).toEqual([
      expect.stringContaining(`[ "$(sum_databases)" = ${sum('x')} ]`),
      expect.stringContaining(`[ "$(sum_files)" = ${sum('y')} ]`),
    ])
    for (const { id } of copies)
      expect(tasks.slice(-2).map(({ apply }) => apply.text)).toContainEqual(
        expect.stringContaining(`rm ${id}`),
      )
  })

  test('leaves none on either node: the service may have moved since a run was refused', () => {
    save()
    const last = restore.plays(given()).at(-1)
    const conditions = last?.hosts.flatMap((host) =>
      last
        .tasks(host)
        .flatMap(({ id, when }) => (id.startsWith('no copy of') ? [`${host.name} ${!when}`] : [])),
    )
    expect(conditions).toEqual(['node1 true', 'node1 true', 'node2 true', 'node2 true'])
  })

  test('lets the watcher hand over again on both nodes, wherever one that failed has begun', () => {
    save()
    const last = restore.plays(given()).at(-1)
    const tasks = last?.hosts.flatMap((host) => last.tasks(host)) ?? []
    const released = tasks.filter(({ id }) => id === 'crashed services are handed over again')
    expect(released.map(({ when, tags }) => ({ when, tags }))).toEqual(
      Array(2).fill({ when: undefined, tags: ['always'] }),
    )
    for (const { apply } of released) expect(apply.text).toBe('rm /run/cluster-watch.paused')
  })

  /** An active node on which parts of a backup are loaded, or cannot be; `files` of /run and /var/lib lie in its folder. */
  function loading(more: object = {}, commands: Record<string, string> = {}) {
    save()
    const node = sandbox({
      ip: 'echo 3: eth1 inet',
      systemctl: ':',
      mariadb: ':',
      gzip: ':',
      sync: ':',
      ...commands,
    })
    const plays = restore.plays(given(more))
    const tasks = plays.flatMap((play) => play.tasks(play.hosts[0] ?? expect.fail()))
    const marks = () => readdirSync(node.folder).filter((name) => name.startsWith('cluster-'))
    /** What the engine does with a task, without its guard. */
    const run = (id: string, what: 'apply' | 'probe' = 'apply') => {
      const task = tasks.find((one) => one.id === id) ?? expect.fail(id)
      const text = task[what].text.replaceAll(/\/(run|var\/lib)\/cluster-/g, `${node.folder}/cluster-`)
      return node.run(`set -e\n${text}`)
    }
    return { run, marks, calls: node.calls }
  }
  const DATABASES = 'the databases are those of the backup'
  const GOES_ON = 'the application runs, and is watched'
  const WRITES = /read_only|DROP|binary-mode|stop|start/

  test('lets no account write into what it replaces, also through the address, until all is well', () => {
    const { run, marks, calls } = loading()
    expect(run(DATABASES)).toMatchObject({ exitCode: 0, stderr: '' })
    expect(marks()).toEqual(['cluster-restore.database', 'cluster-watch.paused'])
    expect(run('database: nothing is half restored', 'probe').stdout).toBe('done no\n')
    expect(run('database: nothing is half restored').exitCode).toBe(0)
    expect(run(GOES_ON)).toMatchObject({ exitCode: 0, stderr: '' })
    expect(marks()).toEqual([])
    expect(calls(WRITES).map((call) => call.replace(/(EXISTS) .*/, '$1'))).toEqual([
      'systemctl stop apache2 nagios4',
      'mariadb -e SET SESSION lock_wait_timeout = 60; SET GLOBAL read_only = 1',
      'mariadb -e DROP DATABASE IF EXISTS',
      'mariadb --binary-mode --default-character-set=utf8mb4',
      'systemctl start mariadb.service',
      'mariadb -e SET GLOBAL read_only = 0',
      'systemctl start mariadb nagios4 apache2',
    ])
  })

  test('of a database that does not become read-only replaces nothing', () => {
    const { run, marks, calls } = loading({}, { mariadb: 'case $* in *read_only*) exit 1 ;; esac' })
    expect(run(DATABASES)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('nothing is replaced'),
    })
    expect(marks()).toEqual(['cluster-watch.paused'])
    expect(calls(/DROP/)).toEqual([])
  })

  test.each([
    ['the first statement', 'case $* in *DROP*) exit 1 ;; esac'],
    ['the load', 'case $* in *binary*) exit 1 ;; esac'],
  ])('that fails at %s leaves all stopped and a mark that outlasts a boot, and says so', (_, mariadb) => {
    const { run, marks, calls } = loading({}, { mariadb })
    expect(run(DATABASES)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(
        /half restored.*stays stopped.*take no writes.*[Rr]un the same restore again/,
      ),
    })
    expect(marks()).toEqual(['cluster-restore.database', 'cluster-watch.paused'])
    expect(calls(/read_only = 0|systemctl start/)).toEqual([])
    // The other part alone does not let it go on.
    expect(run(GOES_ON)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('without -t') })
    expect(calls(/read_only = 0|systemctl start/)).toEqual([])
  })

  test('takes the mark of a part away by a run of that part alone, on both nodes', () => {
    save()
    const last = restore.plays(given()).at(-1)
    const cleared = last?.hosts.flatMap((host) =>
      last
        .tasks(host)
        .flatMap(({ id, tags, when }) => (id.endsWith('nothing is half restored') ? [{ tags, when }] : [])),
    )
    const both = [{ tags: ['database'] }, { tags: ['files'] }]
    expect(cleared).toEqual([...both, ...both])
  })

  test('of files asks no database of another pair', () => {
    save('app')
    const plays = restore.plays(told(fourNodes(), { from: folder, give_up: [] }))
    const tasks = plays.flatMap((play) => play.hosts.flatMap((host) => play.tasks(host)))
    expect(tasks.filter(({ apply }) => apply.text.includes('mariadb -e'))).toEqual([])
  })

  test('of a backup of another pair touches no node of this one', () => {
    save('app')
    const plays = restore.plays(told(fourNodes(), { from: folder, give_up: [] }))
    expect(new Set(plays.flatMap(({ hosts }) => hosts.map(({ name }) => name)))).toEqual(
      new Set(['app1', 'app2']),
    )
    expect(plays.map(({ name }) => name)).not.toContain('the databases are those of the backup')
  })
})
