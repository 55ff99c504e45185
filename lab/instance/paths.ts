import { homedir } from 'node:os'
import { join } from 'node:path'
import { LabError } from '../errors.ts'

/** The one folder that the lab writes to: images that can be built again, and the labs themselves. */
export const cacheRoot = (env: NodeJS.ProcessEnv): string =>
  join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'runsheet')

/** The files of one node. Those that end in .qcow2 are its disks. */
export type NodePaths = {
  readonly pid: string
  readonly monitor: string
  readonly console: string
  readonly system: string
  readonly identity: string
  readonly disk: (name: string) => string
}

/** The files of one lab, all inside `folder`. */
export type LabPaths = {
  readonly folder: string
  readonly state: string
  readonly inventory: string
  readonly knownHosts: string
  readonly keyFile: string
  readonly secret: (file: string) => string
  readonly switchLog: string
  readonly lun: (name: string) => string
  readonly savedLun: (name: string, snapshot: string) => string
  readonly hostKey: (node: string) => string
  readonly node: (name: string) => NodePaths
  readonly network: (name: string) => {
    readonly socket: string
    readonly pid: string
    readonly gatewayPid: string
  }
}

/** Where the parts of the lab of that name are. Pure. */
export const labPaths = (root: string, lab: string): LabPaths => {
  const at = (name: string) => join(root, 'labs', lab, name)
  return {
    folder: at(''),
    state: at('state.json'),
    inventory: at('inventory.yml'),
    knownHosts: at('known_hosts'),
    keyFile: at('id_ed25519'),
    secret: at,
    switchLog: at('power-switch.log'),
    lun: (name) => at(`${name}.lun.raw`),
    savedLun: (name, snapshot) => at(`${name}.lun.${snapshot}.raw`),
    hostKey: (node) => at(`${node}.hostkey`),
    node: (name) => ({
      pid: at(`${name}.pid`),
      monitor: at(`${name}.qmp`),
      console: at(`${name}.console`),
      system: at(`${name}.system.qcow2`),
      identity: at(`${name}.identity.tar`),
      disk: (disk) => at(`${name}.${disk}.qcow2`),
    }),
    network: (name) => ({
      socket: at(`${name}.vde`),
      pid: at(`${name}.switch.pid`),
      gatewayPid: at(`${name}.gateway.pid`),
    }),
  }
}

// The kernel's sockaddr_un holds 108 bytes with the final zero; a client of a switch appends its number to it.
const longestSocket = 107 - '/ctl'.length

/** Throws LabError if the path of a socket is longer than the kernel takes. */
export const checkSocketLength = (path: string): void => {
  const bytes = Buffer.byteLength(path)
  if (bytes <= longestSocket) return
  throw new LabError(
    `the path of a socket has ${bytes} bytes, and ${longestSocket} is the most: ${path}`,
    'set XDG_CACHE_HOME to a shorter folder, or LAB_NAME to a shorter name',
  )
}
