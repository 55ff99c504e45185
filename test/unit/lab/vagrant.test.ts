import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { renderInventory } from '../../../lab/topology/inventory.ts'
import { loadTopology } from '../../../lab/topology/load.ts'
import { keepKeysOf, pathsOf, platformOf, wayByVagrant } from '../../../lab/vagrant/inventory.ts'

const rendered = (name: string, provider: 'libvirt' | 'virtualbox') => {
  const topology = loadTopology(name)
  const ways = Object.keys(topology.nodes).map((node) => [
    node,
    { platform: 'el9', ...wayByVagrant(node, '/lab') },
  ])
  const pathOf = pathsOf(provider, topology)
  return parse(renderInventory(topology, Object.fromEntries(ways), { pathOf }), { logLevel: 'error' }).all
}

test('a host is reached as Vagrant says, with keys that are kept, and has its platform', () => {
  const { node1 } = rendered('two-node', 'libvirt').children.cluster.hosts
  expect(node1).toMatchObject({
    ansible_host: 'node1',
    ansible_become: true,
    ansible_ssh_common_args:
      '-o UserKnownHostsFile=/lab/known_hosts -o StrictHostKeyChecking=accept-new -F /lab/ssh-config',
    platform: 'el9',
    address: '192.168.56.11',
    disk: '/dev/disk/by-id/virtio-data',
  })
})

test('under VirtualBox a disk is the next one behind that of the system', () => {
  expect(rendered('two-node', 'virtualbox').children.cluster.hosts.node2.disk).toBe('/dev/sdb')
  expect(rendered('two-node-lun', 'virtualbox').children.cluster.vars.storage.disk).toBe('/dev/sdb')
  expect(rendered('two-node-lun', 'libvirt').children.cluster.vars.storage.disk).toBe(
    '/dev/disk/by-id/virtio-shared',
  )
})

test('each system of the Vagrantfile has its platform', () => {
  expect(['el9', 'centos7', 'debian12'].map(platformOf)).toEqual(['el9', 'el7', 'debian-12'])
  expect(() => platformOf('beos')).toThrow(/no system beos/)
})

test('the keys that were learned are kept while the machines are the same, and no longer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vagrant-keys-'))
  const knownHosts = join(folder, 'known_hosts')
  const machine = (id: string) => [{ node: 'node1', provider: 'libvirt', id } as const]
  const isKept = (id: string): boolean => {
    keepKeysOf(machine(id), { folder, knownHosts })
    return existsSync(knownHosts)
  }
  writeFileSync(knownHosts, 'of machines that nobody knows')
  expect(isKept('a')).toBe(false)
  writeFileSync(knownHosts, '[127.0.0.1]:2222 ssh-ed25519 …')
  expect(isKept('a')).toBe(true)
  expect(isKept('b')).toBe(false)
  rmSync(folder, { recursive: true })
})
