import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { RunsheetError } from '../../lib/errors.ts'
import { readHosts } from '../../lib/hosts.ts'
import { describeError } from '../../lib/report/index.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runsheet-hosts-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const inventory = (...lines: string[]): string[] => {
  writeFileSync(join(folder, 'hosts.ini'), `${lines.join('\n')}\n`)
  return [join(folder, 'hosts.ini')]
}

it('tells how root is reached on each host, by words of ssh', async () => {
  const hosts = await readHosts(
    inventory(
      '[cluster]',
      'node1 ansible_host=192.0.2.1 ansible_port=2222 ansible_user=admin ansible_become=true vip=192.0.2.10',
      'node2 ansible_user=root',
      'old ansible_user=root ansible_ssh_legacy_algorithms=true',
    ),
  )
  expect(hosts).toMatchObject([
    { name: 'node1', asRoot: ['sudo', '-n'], variables: { vip: '192.0.2.10' } },
    { name: 'node2', asRoot: [] },
    { name: 'old', ssh: expect.arrayContaining(['HostKeyAlgorithms=+ssh-rsa']) },
  ])
  expect(hosts[0]?.groups).toContain('cluster')
  expect(hosts[0]?.ssh.join(' ')).toBe('-o BatchMode=yes -o ConnectTimeout=30 -p 2222 -l admin -- 192.0.2.1')
  expect(hosts[1]?.ssh.slice(-2)).toEqual(['--', 'node2'])
})

it('refuses all hosts at once that cannot be reached without a question, each with its line', async () => {
  const refused = readHosts(
    inventory(
      'node1 ansible_password=secret',
      'node2 ansible_connection=docker',
      'node3 ansible_become=true ansible_become_method=su',
      'node4 ansible_user=admin',
      'node5 ansible_become=true ansible_become_user=oracle',
    ),
  )
  const message = await refused.then(
    () => '',
    (error: RunsheetError) => describeError(error),
  )
  for (const part of [
    'a password must be a !secret',
    'node2 is not reached by ssh',
    'node3: su always asks',
    'node4: admin is not root, and does not become root',
    'node5 becomes oracle, not root',
  ])
    expect(message).toContain(part)
})
