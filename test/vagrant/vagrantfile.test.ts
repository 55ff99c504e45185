import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { asset, projectRoot } from '../../lab/project.ts'
import { loadTopology, lunsOf, type Topology } from '../../lab/topology/load.ts'

const TOPOLOGIES = ['two-node', 'two-node-lun', 'replication', 'four-node']
const SYSTEMS = ['el9', 'centos7', 'debian12']
const PROVIDERS = ['libvirt', 'virtualbox'] as const
const SUM = 'a'.repeat(64)

type Provider = (typeof PROVIDERS)[number]

/** What evaluate.rb prints of a machine. */
interface Machine {
  hostname: string
  memory: number | object
  cpus: number | object
  disks: { serial: string; size: string | number; path?: string; shareable?: boolean }[]
  cards: { ip: string; netmask: string }[]
  customizations: (string | number)[][]
  box: { name: string; url: string[] | null; sum: string | null; type: string | null }
}

const environment = (topology: string, os: string, more: object = {}) => ({
  ...process.env,
  LAB_TOPOLOGY: topology,
  LAB_OS: os,
  LAB_BOX_CHECKSUM: SUM,
  ...(os === 'debian12' && { LAB_BOX_URL: 'file:///srv/boxes/debian12.box' }),
  ...more,
})

function evaluated(topology: string, os: string, provider: Provider): Record<string, Machine> {
  const ruby = ['test/vagrant/evaluate.rb', provider]
  const env = environment(topology, os)
  const { status, stdout, stderr } = spawnSync('ruby', ruby, { cwd: projectRoot, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}

/** In MiB: libvirt is told 256M, VirtualBox 256MB of which Vagrant makes bytes. */
const mebibytes = (size: string | number) =>
  typeof size === 'string' ? Number.parseInt(size, 10) : size / 1024 / 1024

// Topologies are made for Debian, which needs less than others.
const NEEDED: Record<string, number> = { el9: 1536, centos7: 1024 }

const memoryOf = (topology: Topology, node: string, os: string) =>
  Math.max(topology.nodes[node]?.memory ?? 0, NEEDED[os] ?? 0)

function disksOf(topology: Topology, node: string): [string, number, boolean][] {
  const own = Object.entries(topology.nodes[node]?.disks ?? {})
  const luns = lunsOf(topology, node).map((lun) => [lun, topology.luns[lun]?.size ?? 0] as const)
  return [
    ...own.map(([name, size]) => [name, size, false] as [string, number, boolean]),
    ...luns.map(([name, size]) => [name, size, true] as [string, number, boolean]),
  ]
}

const matrix = TOPOLOGIES.flatMap((topology) => SYSTEMS.map((os) => [topology, os] as const))

test.each(matrix)('%s on %s is valid for libvirt', (topology, os) => {
  const options = { cwd: projectRoot, encoding: 'utf8' as const }
  const env = environment(topology, os, { VAGRANT_DEFAULT_PROVIDER: 'libvirt' })
  expect(spawnSync('vagrant', ['validate'], { ...options, env })).toMatchObject({ status: 0 })
})

// VirtualBox itself is no package of Debian: Vagrant can check what is not its own.
test.each(matrix)('%s on %s is valid for VirtualBox', (topology, os) => {
  const options = { cwd: projectRoot, encoding: 'utf8' as const }
  const env = environment(topology, os, { VAGRANT_DEFAULT_PROVIDER: 'virtualbox' })
  expect(spawnSync('vagrant', ['validate', '--ignore-provider'], { ...options, env })).toMatchObject({
    status: 0,
  })
})

test.each(matrix)('%s on %s: libvirt gets what the topology says', (name, os) => {
  const topology = loadTopology(name)
  const machines = evaluated(name, os, 'libvirt')
  expect(Object.keys(machines)).toEqual(Object.keys(topology.nodes))
  for (const [node, machine] of Object.entries(machines)) {
    const { cpus, addresses } = topology.nodes[node] ?? expect.fail()
    expect(machine).toMatchObject({ hostname: node, memory: memoryOf(topology, node, os), cpus })
    expect(machine.cards).toEqual(
      Object.keys(topology.networks).map((network) => ({ ip: addresses[network], netmask: '255.255.255.0' })),
    )
    const disks = machine.disks.map(({ serial, size, shareable }) => [
      serial,
      mebibytes(size),
      shareable ?? false,
    ])
    expect(disks).toEqual(disksOf(topology, node))
    expect(machine.box).toMatchObject({ name: `runsheet-${os}`, sum: SUM, type: 'sha256' })
  }
})

test('nodes that share a LUN share one file', () => {
  const { node1, node2, witness } = evaluated('two-node-lun', 'el9', 'libvirt')
  for (const node of [node1, node2]) expect(node?.disks[0]?.path).toBe('runsheet-shared.img')
  expect(witness?.disks).toEqual([])
})

test.each(matrix)('%s on %s: VirtualBox gets what the topology says', (name, os) => {
  const topology = loadTopology(name)
  for (const [node, machine] of Object.entries(evaluated(name, os, 'virtualbox'))) {
    const { addresses, disks } = topology.nodes[node] ?? expect.fail()
    const memory = String(memoryOf(topology, node, os))
    expect(machine.customizations).toContainEqual(['modifyvm', 'id', '--memory', memory])
    expect(machine.cards.map(({ ip }) => ip)).toEqual(
      Object.keys(topology.networks).map((one) => addresses[one]),
    )
    expect(machine.disks.map(({ serial, size }) => [serial, mebibytes(size)])).toEqual(Object.entries(disks))
    const attached = machine.customizations.filter(([command]) => command === 'storageattach')
    expect(attached.map((words) => words.at(-1))).toEqual(
      lunsOf(topology, node).map((lun) => expect.stringMatching(`/${lun}[.]vdi$`)),
    )
  }
  const made = Object.values(evaluated(name, os, 'virtualbox')).flatMap(({ customizations }) =>
    customizations.filter(([command]) => command === 'createmedium'),
  )
  expect(made).toHaveLength(Object.keys(topology.luns).length)
})

test('a box has an address, and no name that a registry would fill', () => {
  const boxes = parse(readFileSync(asset('boxes.yml'), 'utf8')) as Record<
    string,
    Record<Provider, { url?: string }>
  >
  expect(Object.keys(boxes)).toEqual(SYSTEMS)
  for (const provider of PROVIDERS)
    for (const os of ['el9', 'centos7']) {
      const url = boxes[os]?.[provider].url
      expect(url).toMatch(/^https:\/\/.*[.]box$/)
      expect(evaluated('two-node', os, provider).node1?.box.url).toEqual([url])
    }
})

test('without a sum no machine comes up, and it is said where to find it', () => {
  const env = { ...process.env, LAB_OS: 'el9', VAGRANT_DEFAULT_PROVIDER: 'libvirt' }
  const { status, stderr } = spawnSync('vagrant', ['up'], { cwd: projectRoot, env, encoding: 'utf8' })
  expect(status).not.toBe(0)
  expect(stderr).toMatch(/give the SHA-256 of https.* by LAB_BOX_CHECKSUM; its maker tells it at https/)
})

test('machines of another topology are not taken for those that are wanted', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vagrant-'))
  try {
    const machine = join(folder, 'machines/node1/libvirt')
    mkdirSync(machine, { recursive: true })
    writeFileSync(join(machine, 'id'), 'made')
    writeFileSync(join(folder, 'runsheet-topology'), 'two-node')
    const env = environment('two-node-lun', 'el9', { VAGRANT_DOTFILE_PATH: folder })
    const { status, stderr } = spawnSync('vagrant', ['up', 'node1'], {
      cwd: projectRoot,
      env,
      encoding: 'utf8',
    })
    expect(status).not.toBe(0)
    expect(stderr).toContain('there are machines of two-node: LAB_TOPOLOGY=two-node vagrant destroy')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
