import { spawnSync } from 'node:child_process'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { currentImage } from '../../lab/commands/up.ts'
import { cacheRoot } from '../../lab/instance/paths.ts'
import { installLibraries } from '../support/packages.ts'

const HOUR = 3_600_000

test('Vagrant starts two-node without KVM, and the playbook makes a cluster of it', {
  timeout: 2 * HOUR,
}, async () => {
  installLibraries(['libvirt-daemon-system', 'libvirt-clients', 'dnsmasq-base', 'iptables'])
  const { image } = await currentImage({ cache: cacheRoot(process.env), log: console.log })
  const env = { ...process.env, IMAGES: dirname(image.folder) }
  expect(spawnSync('test/vagrant/up.sh', { stdio: 'inherit', env })).toMatchObject({ status: 0 })
})
