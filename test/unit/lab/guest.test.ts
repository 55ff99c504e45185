import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { identityFiles, renderHosts, renderNetwork } from '../../../lab/guest/identity.ts'
import { inGuest, sshArgv } from '../../../lab/guest/ssh.ts'
import { tar } from '../../../lab/guest/tar.ts'
import { renderKnownHosts } from '../../../lab/instance/keys.ts'
import type { CreatedLab } from '../../../lab/instance/lab.ts'
import { topology } from './fixture.ts'

test('cards come in the order of the networks, each with a broadcast address', () => {
  expect(renderNetwork(topology(), 'beta').trimEnd().split('\n')).toEqual([
    'link set lo up',
    'address add 10.0.2.15/24 brd + dev eth0',
    'link set eth0 up',
    'address add 192.168.56.12/24 brd + dev eth1',
    'link set eth1 up',
    'address add 10.1.0.12/16 brd + dev eth2',
    'link set eth2 up',
  ])
})

test("a node's own name stands first in its /etc/hosts", () => {
  expect(renderHosts(topology(), 'beta')).toBe(
    '192.168.56.12 beta\n192.168.56.11 alpha\n127.0.0.1 localhost\n::1 localhost\n',
  )
})

const secrets = {
  hostKey: 'PRIVATE\n',
  hostKeyPublic: 'ssh-ed25519 HOST alpha\n',
  clientKeyPublic: 'ssh-ed25519 ME\n',
}

test('private files have no rights for others, and the mark that all is there comes last', () => {
  const files = identityFiles(topology(), 'alpha', secrets)
  const modes = Object.fromEntries(files.map(({ path, mode }) => [path, mode.toString(8)]))
  expect(modes).toMatchObject({
    'etc/ssh/ssh_host_ed25519_key': '600',
    'home/admin/.ssh/authorized_keys': '600',
  })
  expect(files.at(-1)?.path).toBe('etc/lab/network')
})

test('tar(1) reads the disk: paths, rights, owners and contents', () => {
  const disk = tar([
    { path: 'etc/empty', content: '', mode: 0o644 },
    { path: 'home/me/key', content: `${'é'.repeat(300)}\n`, mode: 0o600, owner: 1000 },
  ])
  expect(disk.length).toBe(1024 * 1024)
  const list = execFileSync('tar', ['--numeric-owner', '-tvf', '-'], {
    input: disk.subarray(0, 10_240),
    encoding: 'utf8',
  })
  expect(
    list
      .trim()
      .split('\n')
      .map((line) =>
        line
          .split(/\s+/)
          .filter((_, i) => i < 3 || i > 4)
          .join(' '),
      ),
  ).toEqual(['-rw-r--r-- 0/0 0 etc/empty', '-rw------- 1000/1000 601 home/me/key'])
  const content = execFileSync('tar', ['-xOf', '-', 'home/me/key'], {
    input: disk.subarray(0, 10_240),
    encoding: 'utf8',
  })
  expect(content).toBe(`${'é'.repeat(300)}\n`)
})

test('known_hosts names each port with the key alone', () => {
  expect(
    renderKnownHosts([
      [2201, 'ssh-ed25519 AAA alpha\n'],
      [2202, 'ssh-ed25519 BBB\n'],
    ]),
  ).toBe('[127.0.0.1]:2201 ssh-ed25519 AAA\n[127.0.0.1]:2202 ssh-ed25519 BBB\n')
})

test('ssh reads no configuration but ours, and the command comes last as it is', () => {
  const argv = sshArgv({ port: 2201, keyFile: '/lab/key', knownHosts: '/my lab/known_hosts' }, [
    'echo',
    'a b',
  ])
  expect(argv.slice(0, 7)).toEqual(['ssh', '-F', 'none', '-i', '/lab/key', '-p', '2201'])
  expect(argv).toContain('UserKnownHostsFile="/my lab/known_hosts"')
  expect(argv).toContain('StrictHostKeyChecking=yes')
  expect(argv.slice(-3)).toEqual(['admin@127.0.0.1', 'echo', 'a b'])
})

test('what a command in a guest reads is no argument of ssh', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ssh-'))
  writeFileSync(join(folder, 'ssh'), '#!/bin/sh\necho "$@"\ncat\n', { mode: 0o755 })
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`)
  const lab = {
    paths: { keyFile: '/lab/key', knownHosts: '/lab/known_hosts' },
    state: { ports: { alpha: 2201 } },
  }
  const { stdout } = await inGuest(lab as unknown as CreatedLab, 'alpha', 'cat', { input: 'correct-horse' })
  vi.unstubAllEnvs()
  expect(stdout).toMatch(/ admin@127\.0\.0\.1 cat\ncorrect-horse$/)
})
