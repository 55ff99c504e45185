import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { LabError } from '../errors.ts'
import { attempt } from '../host/run.ts'
import { findLab, type Lab, type LabOptions, nodeNames } from '../instance/lab.ts'
import { cacheRoot, labPaths } from '../instance/paths.ts'
import { ensureSecrets } from '../instance/secrets.ts'
import { asset, projectRoot } from '../project.ts'
import { type DevicePath, diskPath, renderInventory } from '../topology/inventory.ts'
import { lunsOf, type Topology } from '../topology/load.ts'

/** The file lab/boxes.yml, of which the Vagrantfile reads the rest. */
const boxesFile = z.record(z.string(), z.object({ platform: z.string() }))

/** What runs in the machines, by LAB_OS as the Vagrantfile takes it. Throws LabError for one that nobody knows. */
export const platformOf = (os: string): string => {
  const boxes = boxesFile.parse(parse(readFileSync(asset('boxes.yml'), 'utf8')))
  const platform = boxes[os]?.platform
  if (platform !== undefined) return platform
  throw new LabError(
    `there is no system ${os} in lab/boxes.yml`,
    `LAB_OS is one of ${Object.keys(boxes).join(', ')}`,
  )
}

/** libvirt shows the serial of a disk as the embedded lab does; VirtualBox numbers its ports from the second on. Pure. */
export const pathsOf =
  (provider: 'libvirt' | 'virtualbox', topology: Topology): DevicePath =>
  (disk, node) => {
    if (provider === 'libvirt') return diskPath(disk)
    const disks = [...Object.keys(topology.nodes[node]?.disks ?? {}), ...lunsOf(topology, node)]
    return `/dev/sd${String.fromCharCode('b'.charCodeAt(0) + disks.indexOf(disk))}`
  }

/** How a machine of Vagrant's is reached: by what `vagrant ssh-config` says, and with keys that are kept. Pure. */
export const wayByVagrant = (node: string, folder: string) => ({
  ansible_host: node,
  ansible_become: true,
  // An emulated guest on a busy host answers late.
  ansible_timeout: 120,
  // The first contact teaches the key of a machine that nobody has seen before; the last word is the first one.
  ansible_ssh_common_args: [
    `-o UserKnownHostsFile=${join(folder, 'known_hosts')}`,
    `-o StrictHostKeyChecking=accept-new -F ${join(folder, 'ssh-config')}`,
  ].join(' '),
})

/**
 * Writes the inventory of the machines that Vagrant has started for a topology, and gives its path. Secrets are made
 * beside it, once.
 *
 * @throws LabError where there is no Vagrant, or no machine
 */
export const vagrantInventory = async (options: LabOptions): Promise<string> => {
  const { topology } = findLab(options)
  const cache = cacheRoot(process.env)
  const name = `vagrant-${topology.name}`
  const lab: Lab = { name, cache, topology, paths: labPaths(cache, name), log: () => {} }
  mkdirSync(lab.paths.folder, { recursive: true, mode: 0o700 })
  writeFileSync(join(lab.paths.folder, 'ssh-config'), await sshConfig(lab))
  const machines = machinesOf(lab)
  keepKeysOf(machines, lab.paths)
  ensureSecrets(lab)
  const platform = platformOf(process.env.LAB_OS || 'el9')
  const ways = nodeNames(lab).map((node) => [node, { platform, ...wayByVagrant(node, lab.paths.folder) }])
  const command = 'inventory --provider vagrant'
  const pathOf = pathsOf(providerOf(machines), topology)
  writeFileSync(lab.paths.inventory, renderInventory(topology, Object.fromEntries(ways), { command, pathOf }))
  return lab.paths.inventory
}

const sshConfig = async ({ topology }: Lab): Promise<string> => {
  const env = { LAB_TOPOLOGY: topology.name }
  const found = await attempt(['vagrant', 'ssh-config'], { cwd: projectRoot, env }).catch((cause: Error) => {
    throw new LabError(cause.message, 'install Vagrant; Debian has vagrant and vagrant-libvirt')
  })
  if (found.code === 0) return found.stdout
  const start = `type: LAB_TOPOLOGY=${topology.name} vagrant up`
  throw new LabError(`Vagrant does not say how to reach the machines:\n${found.stderr.trim()}`, start)
}

type Machine = { readonly node: string; readonly provider: 'libvirt' | 'virtualbox'; readonly id: string }

// Vagrant keeps the id of each machine by its provider.
const machinesOf = (lab: Lab): Machine[] => {
  const folder = resolve(projectRoot, process.env.VAGRANT_DOTFILE_PATH || '.vagrant', 'machines')
  return nodeNames(lab).flatMap((node) =>
    (['libvirt', 'virtualbox'] as const).flatMap((provider) => {
      const file = join(folder, node, provider, 'id')
      return existsSync(file) ? [{ node, provider, id: readFileSync(file, 'utf8') }] : []
    }),
  )
}

const providerOf = (machines: readonly Machine[]): Machine['provider'] =>
  machines.some(({ provider }) => provider === 'virtualbox') ? 'virtualbox' : 'libvirt'

/**
 * Forgets the keys that were learned where other machines stand at the same addresses: Vagrant has made them anew, and the keys
 * of the old ones would be taken for an attack.
 */
export const keepKeysOf = (
  machines: readonly Machine[],
  { folder, knownHosts }: Pick<Lab['paths'], 'folder' | 'knownHosts'>,
): void => {
  const file = join(folder, 'machines.json')
  const now = JSON.stringify(machines)
  if (existsSync(file) && readFileSync(file, 'utf8') === now) return
  rmSync(knownHosts, { force: true })
  writeFileSync(file, now)
}
