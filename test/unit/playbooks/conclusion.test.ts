import { describe, expect, test } from 'vitest'
import { conclusion, preflight } from '../../../playbooks/parts/conclusion.mjs'
import { nfs, nodes, replicating } from './fixture.ts'

const ACTIVE =
  'vip yes\nmounted yes\nconnection Connected\nroles Primary/Secondary\ndisks UpToDate/UpToDate\nactive mariadb nagios4\n'
const STANDBY =
  'vip no\nmounted no\nconnection Connected\nroles Secondary/Primary\ndisks UpToDate/UpToDate\nactive\n'
const NOTHING = 'vip no\nmounted no\nconnection \nroles \ndisks \nactive\n'

function known(said: Record<string, readonly [string, string]>) {
  return nodes().map((node, index) => ({
    ...node,
    facts: Object.fromEntries(
      Object.entries(said).map(([name, answers]) => [
        name,
        { exitCode: 0, stdout: answers[index] ?? '', stderr: '' },
      ]),
    ),
  }))
}

test('the end of a run says who serves and what a partition would do', () => {
  expect(conclusion(known({ group: [ACTIVE, STANDBY] }))).toEqual([
    'node1: holds 192.168.56.10, Primary UpToDate, /mnt/shared mounted, runs mariadb nagios4',
    'node2: standby, Secondary UpToDate, /mnt/shared not mounted, runs none of the services',
    'the service is at 192.168.56.10 on node1',
    expect.stringMatching(/^fencing: none\. .* both take the service/),
  ])
})

test.each([
  ['/usr/sbin/mysqld  Ver 8.0.36 for Linux on x86_64 (MySQL Community Server - GPL)', 1],
  ['mysqld  Ver 10.11.6-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)', 0],
  ['', 0],
])('a pair that replicates is made of MariaDB alone: a node says "%s"', (mysqld, count) => {
  const [node] = replicating()
  const reasons = preflight([{ ...node, facts: { mysqld: { exitCode: 0, stdout: mysqld, stderr: '' } } }])
  const told = reasons.filter((reason) => reason.includes('MariaDB alone'))
  expect(told).toHaveLength(count)
  if (count > 0) expect(told[0]).toContain(`node1: it has another server (${mysqld})`)
})

describe('without fencing a split costs', () => {
  const SPLIT = /DRBD stays apart \(split brain\)/
  const ERRANT = /Both databases take writes then.* -e errant=discard saves it/
  const told = (hosts: ReturnType<typeof nodes>) =>
    conclusion(hosts.map((node) => ({ ...node, facts: {} }))).at(-1) ?? ''

  test('changes on the shared storage', () => {
    expect(told(nodes())).toMatch(SPLIT)
    expect(told(nodes())).not.toMatch(ERRANT)
  })

  test('files that both write to', () => {
    const pair = nodes((vars) => {
      vars.storage = nfs
    })
    expect(told(pair)).toMatch(/service\. Both write to the same files/)
    expect(told(pair)).not.toMatch(SPLIT)
  })

  test('those of both where files are mirrored and databases replicate', () => {
    expect(told(replicating())).toMatch(SPLIT)
    expect(told(replicating())).toMatch(ERRANT)
  })

  test('those of the databases where there is no shared storage', () => {
    const pair = replicating((vars) => {
      delete vars.storage
    })
    expect(told(pair)).toMatch(ERRANT)
    expect(told(pair)).not.toMatch(/DRBD|split brain/)
  })
})

test('nobody and both are said as well', () => {
  expect(conclusion(known({ group: [NOTHING, STANDBY] })).slice(0, 3)).toEqual([
    'node1: standby, no DRBD, /mnt/shared not mounted, runs none of the services',
    'node2: standby, Secondary UpToDate, /mnt/shared not mounted, runs none of the services',
    'no node holds 192.168.56.10',
  ])
  expect(conclusion(known({ group: [ACTIVE, ACTIVE] }))).toContainEqual(
    expect.stringMatching(/^ATTENTION: both/),
  )
})

test('a run does not begin on hosts that call themselves otherwise, or number an account otherwise', () => {
  const accounts = 'mysql:x:306:306::/nonexistent:/usr/sbin/nologin\n'
  const right = {
    name: ['node1\n', 'node2\n'],
    release: ['debian 12\n', 'debian 12\n'],
    accounts: [accounts, ''],
  } as const
  expect(preflight(known(right))).toEqual([])
  expect(preflight(known({ ...right, name: ['node1\n', 'node2.example.org\n'] }))).toEqual([
    "the inventory says node2, but that host calls itself 'node2.example.org' (uname -n), and heartbeat goes by that: " +
      "run 'hostnamectl set-hostname node2' there, or write 'node2.example.org' in the inventory",
  ])
  expect(preflight(known({ ...right, release: ['debian 12\n', 'rocky 9.4\n'] }))).toEqual([
    'node2: it runs rocky 9.4, and the inventory says Debian 12: write platform: el9',
  ])
  expect(preflight(known({ ...right, accounts: [accounts.replace('306', '104'), ''] }))).toEqual([
    expect.stringMatching(/^node1: user mysql has the number 104, not 306, and may own files/),
  ])
})
