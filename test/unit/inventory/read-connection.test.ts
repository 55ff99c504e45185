import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { describeProblem, type Problem } from '../../../lib/errors.ts'
import { fetchSecrets, loadInventory } from '../../../lib/inventory/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'runsheet-connection-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The connection of a host with these variables, and the problems, each without the name of the file. */
function read(variables: string) {
  const file = join(folder, 'inventory.yml')
  writeFileSync(join(folder, 'password'), 'from a file\n')
  writeFileSync(file, `all: { hosts: { node1: { ${variables} } } }`)
  const problems: Problem[] = []
  const inventory = loadInventory(file, problems)
  return {
    inventory,
    connection: inventory.hosts[0]?.connection,
    problems: [...problems, ...inventory.hosts.flatMap((host) => host.problems)]
      .map(describeProblem)
      .map((text) => text.replace(`${file}:`, '')),
  }
}

describe('a connection is', () => {
  it.each([
    ['SSH', '', { kind: 'ssh', port: undefined, user: undefined, sshArguments: [] }],
    ["the system's ssh", 'ansible_connection: ssh-cli', { kind: 'ssh-cli' }],
    [
      'a container',
      'ansible_connection: community.docker.docker, ansible_host: web',
      { kind: 'docker', address: 'web' },
    ],
    ['sudo to root', 'ansible_become: yes', { become: { method: 'sudo', user: 'root' } }],
    [
      'su to somebody',
      'ansible_become: yes, ansible_become_method: su, ansible_become_user: app',
      { become: { method: 'su', user: 'app' } },
    ],
    ['for an old server', 'ansible_ssh_legacy_algorithms: yes', { legacyAlgorithms: true }],
    [
      'under the old names',
      'ansible_ssh_host: h, ansible_ssh_port: 2222, ansible_ssh_user: u',
      { address: 'h', port: 2222, user: 'u' },
    ],
    ['under the new name where both are said', 'ansible_ssh_user: old, ansible_user: new', { user: 'new' }],
    [
      'through all arguments for ssh, split as a shell does',
      `ansible_ssh_common_args: "-J a -o 'ProxyCommand=nc %h %p'", ansible_ssh_extra_args: "-4"`,
      { sshArguments: ['-J', 'a', '-o', 'ProxyCommand=nc %h %p', '-4'] },
    ],
    [
      'as texts, which is what INI files and -e give',
      `ansible_port: "2222", ansible_become: "yes", ansible_timeout: "5", ansible_ssh_legacy_algorithms: "False"`,
      { port: 2222, become: { user: 'root' }, connectTimeout: 5, legacyAlgorithms: false },
    ],
    ['left alone by what has no meaning here', 'ansible_pipelining: yes, ansible_network_os: ios', {}],
  ])('%s', (_, variables, expected) => {
    const { connection, problems } = read(variables)
    expect(problems).toEqual([])
    expect(connection).toMatchObject(expected)
  })

  it('given its passwords as secrets', async () => {
    const { connection, problems, inventory } = read(
      'ansible_ssh_pass: !secret { file: password }, ansible_become: yes, ansible_become_pass: !secret { file: password }',
    )
    await fetchSecrets(inventory, ['node1'], Promise.reject)
    expect(problems).toEqual([])
    await fetchSecrets(inventory, ['node1'], async () => expect.unreachable('nobody is to be asked'))
    expect(connection?.password?.reveal()).toBe('from a file')
    expect(connection?.become?.password?.reveal()).toBe('from a file')
  })
})

describe('refused is', () => {
  it.each([
    [
      'a password as plain text',
      'ansible_password: hunter2',
      'ansible_password: a password must be a !secret, or use -k and -K',
    ],
    [
      'a method that is not known',
      'ansible_become: yes, ansible_become_method: doas',
      'ansible_become_method: Invalid option: expected one of "sudo"|"su"',
    ],
    ['a quote without an end', `ansible_ssh_common_args: "-o 'x"`, 'ansible_ssh_common_args: '],
    ['a port that is none', 'ansible_port: 70000', 'ansible_port: Too big'],
    [
      'a slip of the keyboard',
      'ansible_prot: 22',
      "unknown variable 'ansible_prot'\n  did you mean 'ansible_port'?",
    ],
  ])('%s', (_, variables, message) => {
    const { problems } = read(variables)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/^1:\d+: /)
    expect(problems[0]).toContain(message)
  })
})
