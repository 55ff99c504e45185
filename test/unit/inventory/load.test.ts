import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { describeProblem, InvalidInput, type Problem } from '../../../lib/errors.ts'
import { type Inventory, loadInventory } from '../../../lib/inventory/index.ts'

function load(
  yaml: string,
  files: Record<string, string> = {},
  source = 'inventory.yml',
): { inventory: Inventory; problems: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'runsheet-inventory-'))
  for (const [name, content] of Object.entries({ 'inventory.yml': yaml, ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  const problems: Problem[] = []
  const inventory = loadInventory(join(folder, source), problems)
  problems.push(...inventory.hosts.flatMap((host) => host.problems))
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
      ungrouped: ['lone'],
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
      'a secret of an unknown kind',
      'all: { vars: { key: !secret { vault: x } } }',
      "a secret has no origin 'vault'",
    ],
  ])('%s ends the reading', (_name, yaml, expected) => {
    expect(() => load(yaml)).toThrow(InvalidInput)
    expect(() => load(yaml)).toThrow(expected)
  })
})

describe('group_vars and host_vars', () => {
  it('keep their places', () => {
    const { inventory, problems } = load('all: { hosts: { a: {} } }', {
      'group_vars/all/main.yml': 'ansible_port: many\n',
      'host_vars/a.yml': '# nothing\nansible_user: [x]\n',
    })
    expect(inventory.hosts).toHaveLength(1)
    expect(problems.join('\n')).toContain('group_vars/all/main.yml:1:15: ansible_port: ')
    expect(problems.join('\n')).toContain('host_vars/a.yml:2:15: ansible_user: ')
  })

  it('are mappings', () => {
    const said = () => load('all: { hosts: { a: {} } }', { 'group_vars/all': '- a\n' })
    expect(said).toThrow('group_vars/all:1:1: a file of variables is a mapping')
  })

  it('may be broken in several files, and all of them are told', () => {
    const files = { 'group_vars/all': 'a: {\n', 'host_vars/a': 'b: 1\nb: 2\n', 'host_vars/b': '- c\n' }
    const said = () => load('all: { hosts: { a: {}, b: {} } }', files)
    expect(said).toThrow(
      /group_vars\/all:2:1: .*\n.*host_vars\/a:2:1: Map keys must be unique.*\n.*host_vars\/b:1:1: /,
    )
  })
})

describe('an inventory in INI', () => {
  it.each([
    ['a quote that is not closed', 'a x="b', ':1:5: this quote is not closed'],
    ['a word behind a host', 'a\nb c=d e', ":2:7: what follows a host is NAME=VALUE, not 'e'"],
    [
      'a section of another kind',
      '[a:b]',
      ':1:1: a section is [GROUP], [GROUP:vars] or [GROUP:children], not [a:b]',
    ],
    ['a variable without a value', '[a]\nx\n[a:vars]\n  b', ':4:3: a line of [a:vars] is NAME=VALUE'],
    ['variables of no group', 'x\n[a:vars]\nb=c', ':2:1: no section [a] declares this group'],
    ['a child that is no group', 'x\n[a:children]\n b', ':3:2: no section [b] declares this group'],
    ['a range without an end', 'web[1:', ":1:1: a host range has no end: 'web[1:'"],
    ['a port as text', 'a ansible_port=ssh', ':1:16: ansible_port: '],
  ])('tells the place of %s', (_name, ini, expected) => {
    expect(load('', { hosts: ini }, 'hosts').problems.join('\n')).toContain(`hosts${expected}`)
  })
})

describe('a group', () => {
  it('cannot be a child of itself', () => {
    const yaml = 'a: { children: { b: { children: { c: { children: { a: } } } } }, hosts: { x: } }'
    expect(load(yaml).problems).toEqual(["inventory.yml:1:18: group 'b' would be a child of itself"])
  })

  it('has a whole number for its priority', () => {
    const yaml = 'a: { hosts: { x: }, vars: { ansible_group_priority: high } }'
    expect(load(yaml).problems).toEqual(['inventory.yml:1:53: ansible_group_priority is a whole number'])
  })
})

describe('a number with more digits than JavaScript keeps', () => {
  it('is refused', () => {
    const said = () => load('all: { hosts: { a: { id: 12345678901234567890 } } }')
    expect(said).toThrow(
      'inventory.yml:1:26: 12345678901234567890 is too large a number to keep all its digits; quote it',
    )
  })
})

describe('what only Ansible can read', () => {
  it.each([
    [
      'a configuration of a plugin',
      'plugin: aws_ec2',
      'inventory.yml:1:1: this configures an inventory plugin of Ansible',
    ],
    ['a vault', 'all: { vars: { x: !vault "1" } }', 'inventory.yml:1:19: this is encrypted by ansible-vault'],
    ['another tag', 'all: { vars: { x: !nosuch "1" } }', 'inventory.yml:1:19: Unresolved tag: !nosuch'],
  ])('is refused: %s', (_name, yaml, expected) => {
    expect(() => load(yaml)).toThrow(expected)
  })
})
