import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { identityFiles } from '../guest/identity.ts'
import { tar } from '../guest/tar.ts'
import { run } from '../host/run.ts'
import type { ImagePaths } from '../image/paths.ts'
import { detectAccel } from '../qemu/accel.ts'
import { ensureKey, publicKey } from './keys.ts'
import { type CreatedLab, type Lab, nodeNames } from './lab.ts'
import { checkSocketLength } from './paths.ts'
import { writeState } from './state.ts'

const createDisks = async ({ paths, topology }: Lab, node: string, image: ImagePaths): Promise<void> => {
  const files = paths.node(node)
  await run(['qemu-img', 'create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', image.disk, files.system])
  for (const [name, size] of Object.entries(topology.nodes[node]?.disks ?? {}))
    await run(['qemu-img', 'create', '-q', '-f', 'qcow2', files.disk(name), `${size}M`])
}

// Raw, since two machines cannot share a file that has a format of its own.
const createLuns = async ({ paths, topology }: Lab): Promise<void> => {
  for (const [name, { size }] of Object.entries(topology.luns))
    await run(['qemu-img', 'create', '-q', '-f', 'raw', paths.lun(name), `${size}M`])
}

// The host's key is made here, not in the guest: so known_hosts is right before the first contact.
const createIdentity = async ({ paths, topology }: Lab, node: string): Promise<void> => {
  const hostKey = paths.hostKey(node)
  await ensureKey(hostKey, node)
  const secrets = {
    hostKey: readFileSync(hostKey, 'utf8'),
    hostKeyPublic: publicKey(hostKey),
    clientKeyPublic: publicKey(paths.keyFile),
  }
  writeFileSync(paths.node(node).identity, tar(identityFiles(topology, node, secrets)), { mode: 0o600 })
}

/** Makes the folder of a lab with its keys and disks. The state is written last: without it, there is no lab. */
export const createLab = async (lab: Lab, key: string, image: ImagePaths): Promise<CreatedLab> => {
  const { paths } = lab
  const accel = detectAccel()
  for (const node of nodeNames(lab)) checkSocketLength(paths.node(node).monitor)
  rmSync(paths.folder, { recursive: true, force: true })
  mkdirSync(paths.folder, { recursive: true, mode: 0o700 })
  await ensureKey(paths.keyFile, `runsheet-lab-${lab.name}`)
  await createLuns(lab)
  for (const node of nodeNames(lab)) {
    await createDisks(lab, node, image)
    await createIdentity(lab, node)
  }
  const state = {
    topology: lab.topology.name,
    image: key,
    accel,
    ports: {},
    cuts: {},
    snapshots: {},
  }
  writeState(paths.state, state)
  return { ...lab, state }
}
