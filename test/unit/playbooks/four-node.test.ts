import { expect, test, vi } from 'vitest'
import { playbook } from '../../../playbooks/four-node.mjs'
import { asked } from '../../../playbooks/parts/database/remote.mjs'
import { databaseSettings } from '../../../playbooks/parts/database/shared-disk.mjs'
import { fourNodes, storage } from './fixture.ts'
import { sandbox } from './sandbox.ts'

// The last line of a playbook runs it; here it is only read.
vi.mock('runsheet', async (original) => ({ ...(await original<object>()), run: async () => {} }))

const hosts = fourNodes()
// The inventory may name the application first.
const plays = playbook.plays(hosts.toReversed())
const rows = plays.map(({ name, hosts }) => `${name}: ${hosts.map((host) => host.name).join(' ')}`)

test('four machines are prepared at once, then the database serves, then the application that uses it', () => {
  expect(rows[0]).toBe('base system and configuration: db2 db1 app2 app1')
  expect(rows.slice(1)).toEqual([
    'db: cluster key: db2 db1',
    'db: DRBD metadata: db2 db1',
    'db: DRBD connection: db2 db1',
    'db: first copy: db1',
    'db: storage by hand: db1',
    'db: shared file system: db1',
    'db: storage mounted by hand: db1',
    'db: database on the shared storage: db2 db1',
    'db: storage left to heartbeat: db1',
    'db: heartbeat: db2 db1',
    'db: settled: db2 db1',
    'app: cluster key: app2 app1',
    'app: DRBD metadata: app2 app1',
    'app: DRBD connection: app2 app1',
    'app: first copy: app1',
    'app: storage by hand: app1',
    'app: shared file system: app1',
    'app: storage mounted by hand: app1',
    'app: database of another cluster: app2 app1',
    'app: shared data: app2 app1',
    'app: storage left to heartbeat: app1',
    'app: heartbeat: app2 app1',
    'app: settled: app2 app1',
  ])
})

test('no guard asks a node of the other pair', () => {
  for (const { name, hosts, tasks } of plays.slice(1)) {
    const asked = hosts.flatMap((host) => tasks(host).flatMap(({ guard }) => guard?.hosts ?? []))
    expect(asked.filter((host) => !host.startsWith(name.split(':')[0] ?? ''))).toEqual([])
  }
})

test('the application brings no server, and the database no application', () => {
  const packages = (name: string) =>
    plays[0]
      ?.tasks(hosts.find((host) => host.name === name) ?? expect.fail())
      .filter(({ kind }) => kind === 'package')
      .map(({ id }) => id)
      .join(' ')
  expect(packages('app1')).toMatch(/mariadb-client/)
  expect(packages('app1')).not.toMatch(/mariadb-server/)
  expect(packages('db1')).toMatch(/mariadb-server/)
  expect(packages('db1')).not.toMatch(/nagios/)
})

test('accounts are made on the active node, for each address from which a client may come', () => {
  const settled = plays.find(({ name }) => name === 'db: settled')
  const made = settled?.tasks(hosts[0] ?? expect.fail()).filter(({ kind }) => kind.startsWith('mysql'))
  expect(made?.map(({ id }) => id)).toEqual([
    'nagios',
    ...['192.168.56.30', '192.168.56.31', '192.168.56.32'].flatMap((host) => [
      `nagios@${host}`,
      `'nagios'@'${host}' on \`nagios\`.*`,
    ]),
  ])
  expect(new Set(made?.map(({ when }) => when?.otherwise))).toEqual(
    new Set(['the database is not active here']),
  )
})

test('a database listens on the network only for somebody', () => {
  const [db] = hosts
  if (db?.vars.database.mode !== 'shared-disk') expect.fail()
  expect(databaseSettings(storage, db.vars.database.accounts).reveal()).toMatch(
    /^bind-address = 0\.0\.0\.0$/m,
  )
  expect(databaseSettings(storage, []).reveal()).not.toMatch(/bind-address/)
})

test.each([
  ['an answer', 'echo mysqld is alive', 0],
  [
    'one who is known, and asked for a password',
    "echo \"error: 'Access denied for user 'nobody'@'app1' (using password: NO)'\"",
    0,
  ],
  [
    'one whose address no account admits',
    "echo \"error: 'Host 'app1' is not allowed to connect to this MariaDB server'\"",
    1,
  ],
  ['nobody', "echo \"Can't connect to server on '192.168.56.20' (115)\"; exit 1", 1],
])('whether a database answers: %s', (_, body, exitCode) => {
  const { run, calls } = sandbox({ 'mariadb-admin': body })
  expect(run(asked('192.168.56.20', 'mariadb-admin').text).exitCode).toBe(exitCode)
  expect(calls()).toEqual([
    'mariadb-admin --no-defaults --host=192.168.56.20 --user=nobody --connect-timeout=5 ping',
  ])
})
