import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { describeProblem, InvalidInput, type Problem } from '../../../lib/errors.ts'
import { type Inventory, loadInventory } from '../../../lib/inventory/index.ts'
import type { Secret } from '../../../lib/secret.ts'

function load(
  yaml: string,
  files: Record<string, string> = {},
): { inventory: Inventory; problems: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'runsheet-inventory-'))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  const file = join(folder, 'inventory.yml')
  writeFileSync(file, yaml)
  const problems: Problem[] = []
  const inventory = loadInventory(file, problems)
  return { inventory, problems: problems.map(describeProblem).map((line) => line.replace(`${folder}/`, '')) }
}

function variables(inventory: Inventory, name: string): Record<string, unknown> {
  const host = inventory.hosts.find((one) => one.name === name)
  return Object.fromEntries([...(host?.variables ?? [])].map(([key, { value }]) => [key, value]))
}

describe('an inventory in the shape of Ansible', () => {
  const { inventory, problems } = load(`
all:
  vars: { colour: red, size: 1, shape: round }
  hosts:
    lone: {}
  children:
    web:
      vars: { colour: green }
      hosts:
        node1: { size: 2 }
        node2:
      children:
        edge:
          vars: { shape: square }
          hosts: { node2: {} }
`)

  it('has no problems and keeps the order of its hosts', () => {
    expect(problems).toEqual([])
    expect(inventory.hosts.map(({ name }) => name)).toEqual(['lone', 'node1', 'node2'])
  })

  it('gives groups the hosts of their children', () => {
    expect(Object.fromEntries(inventory.groups)).toEqual({
      all: ['lone', 'node1', 'node2'],
      web: ['node1', 'node2'],
      edge: ['node2'],
    })
  })

  it.each([
    ['lone', { colour: 'red', size: 1, shape: 'round' }],
    ['node1', { colour: 'green', size: 2, shape: 'round' }],
    ['node2', { colour: 'green', size: 1, shape: 'square' }],
  ])('lets the nearer group and then the host win for %s', (host, expected) => {
    expect(variables(inventory, host)).toEqual(expected)
  })
})

describe('the connection', () => {
  it('reads the variables of Ansible', () => {
    const { inventory } = load(`
all:
  hosts:
    node1:
      ansible_host: 127.0.0.1
      ansible_port: 2201
      ansible_user: admin
      ansible_become: yes
      ansible_ssh_private_key_file: /keys/id
      ansible_ssh_common_args: -o UserKnownHostsFile=/keys/known_hosts
`)
    expect(inventory.hosts[0]?.connection).toMatchObject({
      kind: 'ssh',
      address: '127.0.0.1',
      port: 2201,
      user: 'admin',
      become: { user: 'root' },
      privateKeyFile: '/keys/id',
      sshArguments: ['-o', 'UserKnownHostsFile=/keys/known_hosts'],
    })
  })

  it('takes the name of the host for its address', () => {
    const { inventory } = load('all: { hosts: { node1: {} } }')
    expect(inventory.hosts[0]?.connection).toMatchObject({
      address: 'node1',
      port: undefined,
      become: undefined,
    })
  })
})

describe('problems', () => {
  it.each([
    [
      'a group with a wrong key',
      'all:\n  host:\n    node1: {}\n  hosts: { a: {} }',
      "inventory.yml:2:3: group 'all' has an unknown key 'host'",
    ],
    [
      'hosts as a list',
      'all:\n  hosts:\n    - node1',
      "inventory.yml:3:5: 'hosts' of group 'all' must be a mapping",
    ],
    ['no host at all', 'all:\n  vars: { a: 1 }', 'inventory.yml:1: the inventory names no host'],
    [
      'a port as text',
      'all:\n  hosts:\n    node1:\n      ansible_port: ssh',
      'inventory.yml:4:21: ansible_port: ',
    ],
    [
      'an unknown connection variable',
      'all:\n  hosts:\n    node1:\n      ansible_prot: 22',
      "inventory.yml:4:7: unknown variable 'ansible_prot'",
    ],
  ])('%s is told with its place', (_name, yaml, expected) => {
    expect(load(yaml).problems.join('\n')).toContain(expected)
  })

  it.each([
    ['broken YAML', 'all:\n  hosts: {', 'inventory.yml:2:'],
    [
      'an unset secret',
      'all: { vars: { key: !secret { env: RUNSHEET_NOT_SET } } }',
      'RUNSHEET_NOT_SET of this secret is not set',
    ],
    [
      'a secret without a file',
      'all:\n  vars:\n    key: !secret { file: absent }',
      'inventory.yml:3:10: cannot read this secret',
    ],
    [
      'a secret of an unknown kind',
      'all: { vars: { key: !secret { vault: x } } }',
      "a secret has no origin 'vault'",
    ],
  ])('%s ends the reading', (_name, yaml, expected) => {
    expect(() => load(yaml)).toThrow(InvalidInput)
    expect(() => load(yaml)).toThrow(expected)
  })
})

describe('a secret', () => {
  const { inventory } = load('all: { vars: { key: !secret { file: key } }, hosts: { a: {}, b: {} } }', {
    key: 'hunter2\n',
  })

  it('is read from its file without the newline', () => {
    expect(variables(inventory, 'a').key).toSatisfy((key: Secret) => key.reveal() === 'hunter2')
  })

  it('prints as its name', () => {
    expect(JSON.stringify(variables(inventory, 'a'))).toBe('{"key":"[secret key]"}')
  })
})
