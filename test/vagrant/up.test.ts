import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { installLibraries } from '../support/packages.ts'

const HOUR = 3_600_000

test('Vagrant starts two-node without KVM, and the playbook makes a cluster of it', {
  timeout: 2 * HOUR,
}, () => {
  installLibraries(['libvirt-daemon-system', 'libvirt-clients', 'dnsmasq-base', 'iptables'])
  expect(spawnSync('test/vagrant/up.sh', { stdio: 'inherit' })).toMatchObject({ status: 0 })
})
