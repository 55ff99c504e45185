import { describe, expect, test } from 'vitest'
import { clusterKey } from '../../../lib/cluster/cluster-key.ts'
import { heartbeatStart } from '../../../lib/cluster/heartbeat-start.ts'
import { idleReplication } from '../../../lib/cluster/idle-replication.ts'
import { Secret } from '../../../lib/secret.ts'
import { sha256, text } from '../../../lib/shell/text.ts'
import { demandsAgree, drbd, evidenceOf, refusals, type Said } from './said.ts'

describe("the cluster's key", () => {
  const content = text`auth 1\n1 sha1 ${new Secret('key', 'a-very-secret-key')}\n`
  const guard = clusterKey(['node1', 'node2'], content)
  const right = `${sha256(content)}  -\n`
  const other = `${'0'.repeat(64)}  -\n`
  const usual = { key: right, heartbeat: 'active\n' }

  test.each<[string, Said, Said]>([
    ['nothing runs', { key: other, heartbeat: 'inactive\n' }, { key: 'none\n', heartbeat: 'inactive\n' }],
    ['a stopped node has another key', { key: other, heartbeat: 'inactive\n' }, {}],
  ])('may be written: %s', (_, node1, node2) => {
    expect(refusals(guard, usual, node1, node2)).toEqual([])
  })

  test('is restored where one file is lost, but not by a runbook, whose demands see one host at a time', () => {
    const evidence = evidenceOf(usual, { key: 'none\n' }, {})
    expect(guard.refuse(evidence, 'node1')).toEqual([])
    expect(demandsAgree(guard, evidence, 'node1')).toBe(false)
  })

  test.each<[string, Said, Said | undefined, RegExp]>([
    [
      'a running cluster has another',
      { key: other },
      { key: other },
      /^heartbeat runs on node1 and node2 with another/,
    ],
    ['one running node has another', {}, { key: other }, /another key/],
    ['both running nodes have lost it', { key: 'none\n' }, { key: 'none\n' }, /another key/],
    ['the peer is silent', {}, undefined, /^node2 did not answer$/],
  ])('is refused: %s', (_, node1, node2, reason) => {
    expect(refusals(guard, usual, node1, node2).join()).toMatch(reason)
  })

  test('never shows in a question', () => {
    expect(JSON.stringify(guard)).not.toContain('a-very-secret-key')
  })
})

describe('the start of heartbeat', () => {
  const guard = heartbeatStart({
    hosts: ['node1', 'node2'],
    cards: ['eth1', 'eth2'],
    scripts: ['drbddisk', 'unit'],
    parts: [idleReplication(0)],
  })
  const address = (card: string, more: string) =>
    `3: ${card}    inet 10.0.0.1/24 ${more}scope global ${card}\\ valid\n`
  const cards = address('eth1', 'brd 10.0.0.255 ') + address('eth2', 'brd 10.0.1.255 ')
  const files = 'aa  /etc/ha.d/ha.cf\nbb  /etc/ha.d/haresources\ncc  /etc/ha.d/authkeys\n'
  const settings = 'auto_failback off\nnode node1\nnode node2\nauth 1\n1 sha1\n'
  const usual = {
    files,
    settings,
    'mode of the key': '600 root\n',
    cards,
    scripts: '',
    heartbeat: 'inactive\n',
    replication: drbd('Connected', 'Secondary/Secondary', 'UpToDate/UpToDate'),
  }
  const named = { node1: { name: 'node1\n' }, node2: { name: 'node2\n' } }

  test('is let through on two equal nodes that hold nothing', () => {
    expect(refusals(guard, usual, named.node1, named.node2)).toEqual([])
  })

  test.each<[string, Said, string]>([
    [
      'other keys',
      { files: files.replace('cc', 'dd') },
      '/etc/ha.d/authkeys differs between node1 and node2: the playbook of the topology writes that of both',
    ],
    [
      'other resources',
      { files: files.replace('bb', 'dd') },
      '/etc/ha.d/haresources differs between node1 and node2: the playbook of the topology writes that of both',
    ],
    [
      'a readable key',
      { 'mode of the key': '644 root\n' },
      "node2: authkeys is '644 root', not 600 and root's",
    ],
    [
      'crc',
      { settings: settings.replace('sha1', 'crc') },
      'node2: authkeys does not sign with sha1 and nothing else',
    ],
    [
      'a second method',
      { settings: `${settings}2 crc\n` },
      'node2: authkeys does not sign with sha1 and nothing else',
    ],
    [
      'files that cannot be read',
      { files: { exitCode: 1, stdout: files, stderr: 'sha256sum: /etc/ha.d/ha.cf: I/O error' } },
      'node2 cannot tell its files (exit 1: sha256sum: /etc/ha.d/ha.cf: I/O error)',
    ],
    [
      'a heartbeat of which systemd knows nothing',
      { heartbeat: { exitCode: 1, stdout: '', stderr: '' } },
      'node2 cannot tell its heartbeat (exit 1: no message)',
    ],
    [
      'a failback',
      { settings: settings.replace('failback off', 'failback on') },
      'node2: ha.cf does not say auto_failback off',
    ],
    [
      'a full name',
      { settings: settings.replace('node2', 'node2.example.org') },
      'node2: ha.cf does not name node node2',
    ],
    [
      'another name',
      { name: 'node2.example.org\n' },
      "node2: it calls itself 'node2.example.org', heartbeat knows it as 'node2'",
    ],
    [
      'a missing card',
      { cards: address('eth1', 'brd 10.0.0.255 ') },
      'node2: card eth2 is missing or has no IPv4 address',
    ],
    [
      'no broadcast address',
      { cards: cards.replace('brd 10.0.1.255 ', '') },
      "node2: card eth2 has no broadcast address; add the address with 'brd +'",
    ],
    [
      'a broadcast address of zeros',
      { cards: cards.replace('10.0.1.255', '0.0.0.0') },
      "node2: card eth2 has no broadcast address; add the address with 'brd +'",
    ],
    [
      'a missing script',
      { scripts: '/etc/ha.d/resource.d/drbddisk is missing or not executable\n' },
      'node2: /etc/ha.d/resource.d/drbddisk is missing or not executable',
    ],
    [
      'storage in use',
      { replication: drbd('Connected', 'Primary/Secondary', 'UpToDate/UpToDate') },
      'node2: its role is Primary, not Secondary',
    ],
  ])('is refused: %s', (_, node2, reason) => {
    expect(refusals(guard, usual, named.node1, { ...named.node2, ...node2 }, 'node2')).toEqual([reason])
  })

  test('is refused where the peer is silent', () => {
    expect(refusals(guard, usual, named.node1, undefined)).toContain('node2 did not answer')
  })

  test('the card of a label or a longer name is another card', () => {
    const longer = { ...named.node2, cards: cards.replaceAll('eth2', 'eth20') }
    expect(refusals(guard, usual, named.node1, longer)).toContain(
      'node2: card eth2 is missing or has no IPv4 address',
    )
  })
})
