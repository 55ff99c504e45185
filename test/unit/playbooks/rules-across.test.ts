import { expect, test } from 'vitest'
import { rulesAcross } from '../../../playbooks/parts/rules-across.mjs'
import type { Variables } from '../../../playbooks/parts/variables.mjs'
import { fourNodes } from './fixture.ts'

function violations(change?: (vars: Variables, name: string) => void): string[] {
  return rulesAcross
    .flatMap((rule) => rule(fourNodes(change)))
    .map(({ host, path, message }) => `${host} ${path.join('.')}: ${message}`)
}

test('two pairs that fit break no rule', () => {
  expect(violations()).toEqual([])
})

const of = (names: string, change: (vars: Variables) => void) => (vars: Variables, name: string) => {
  if (name.startsWith(names)) change(vars)
}

test.each<[string, (vars: Variables, name: string) => void, string[]]>([
  [
    'one name for both pairs',
    of('', (vars) => {
      vars.cluster = 'cluster'
    }),
    [
      'db1 cluster: two clusters are needed, one of them with a database of the mode remote; here are: cluster (shared-disk)',
    ],
  ],
  [
    'two databases and nobody who uses one',
    of('app', (vars) => {
      vars.database = { mode: 'shared-disk', accounts: [] }
    }),
    [
      'db1 cluster: two clusters are needed, one of them with a database of the mode remote; here are: db (shared-disk), app (shared-disk)',
    ],
  ],
  [
    'one port with one key',
    of('app', (vars) => {
      vars.heartbeat.udpport = 694
    }),
    ['app1 heartbeat.udpport: app would hear the heartbeats of db: they have one udpport and one key'],
  ],
  [
    'one VIP for both',
    of('app', (vars) => {
      vars.vip.address = '192.168.56.20'
    }),
    [
      'app1 vip.address: 192.168.56.20 is also the VIP of db',
      'db1 database.accounts: nagios may not come from 192.168.56.20 of app',
    ],
  ],
  [
    'a machine in both',
    of('app2', (vars) => {
      vars.replication_address = '192.168.57.21'
    }),
    ['app2 replication_address: 192.168.57.21 is also the replication_address of db1'],
  ],
  [
    'a VIP that is a machine of the other pair',
    of('db2', (vars) => {
      vars.address = '192.168.56.30'
    }),
    ['db2 address: 192.168.56.30 is the VIP of app'],
  ],
  [
    "a node's address as that of the database",
    of('app', (vars) => {
      vars.database = { mode: 'remote', address: '192.168.56.21' }
    }),
    ['app1 database.address: 192.168.56.21 is not the VIP of db, which is 192.168.56.20'],
  ],
  [
    'no account',
    of('db', (vars) => {
      vars.database = { mode: 'shared-disk', accounts: [] }
    }),
    ['db1 database.accounts: app uses this database, and no account is for it'],
  ],
  [
    'an account for one of the two',
    of('db', ({ database }) => {
      if (database.mode === 'shared-disk')
        for (const account of database.accounts) account.from = ['192.168.56.31']
    }),
    [
      'db1 database.accounts: nagios may not come from 192.168.56.32 of app',
      'db1 database.accounts: nagios may not come from 192.168.56.30 of app',
    ],
  ],
  [
    'an account for a whole network',
    of('db', ({ database }) => {
      if (database.mode === 'shared-disk')
        for (const account of database.accounts) account.from = ['192.168.56.%']
    }),
    [],
  ],
  [
    'one more account that is for others',
    of('db', ({ database }) => {
      if (database.mode === 'shared-disk')
        database.accounts = database.accounts.flatMap((account) => [
          account,
          { ...account, user: 'ledger', from: ['192.168.56.41'] },
        ])
    }),
    [],
  ],
])('%s', (_, change, expected) => {
  expect(violations(change)).toEqual(expected)
})

test('other ports or other keys are enough', () => {
  const sameKeys = fourNodes()
  expect(new Set(sameKeys.map(({ vars }) => vars.heartbeat.key.reveal())).size).toBe(1)
  expect(new Set(sameKeys.map(({ vars }) => vars.heartbeat.udpport)).size).toBe(2)
})
