import { prefixOf } from '../topology/address.ts'
import { guestUser } from '../topology/inventory.ts'
import type { Topology } from '../topology/load.ts'
import type { Entry } from './tar.ts'

/** What is a node's own besides what the topology says of it. */
export type Secrets = {
  readonly hostKey: string
  readonly hostKeyPublic: string
  readonly clientKeyPublic: string
}

// The number that useradd gave to the first ordinary user of the image.
const guestUserId = 1000

// QEMU's user network gives this address to its only guest.
const managementAddress = '10.0.2.15/24'

const card = (name: string, address: string): string[] => [
  // Without "brd +" the card has no broadcast address, and heartbeat's "bcast" reaches nobody.
  `address add ${address} brd + dev ${name}`,
  `link set ${name} up`,
]

/** The cards of a node as a batch for ip(8): eth0 for management, then one for each network in order. Pure. */
export const renderNetwork = (topology: Topology, node: string): string => {
  const addresses = topology.nodes[node]?.addresses ?? {}
  const cards = Object.entries(topology.networks).map(
    ([name, { subnet }]) => `${addresses[name]}/${prefixOf(subnet)}`,
  )
  const lines = [managementAddress, ...cards].flatMap((address, index) => card(`eth${index}`, address))
  return `${['link set lo up', ...lines].join('\n')}\n`
}

/** /etc/hosts: every node under its address in the first network, this node first. Pure. */
export const renderHosts = (topology: Topology, node: string): string => {
  const [first = ''] = Object.keys(topology.networks)
  const others = Object.keys(topology.nodes).filter((name) => name !== node)
  const lines = [node, ...others].map((name) => `${topology.nodes[name]?.addresses[first]} ${name}`)
  return `${[...lines, '127.0.0.1 localhost', '::1 localhost'].join('\n')}\n`
}

/** All files that make a guest this node of the topology. Pure. */
export const identityFiles = (topology: Topology, node: string, secrets: Secrets): Entry[] => [
  { path: 'etc/hostname', content: `${node}\n`, mode: 0o644 },
  { path: 'etc/hosts', content: renderHosts(topology, node), mode: 0o644 },
  { path: 'etc/ssh/ssh_host_ed25519_key', content: secrets.hostKey, mode: 0o600 },
  { path: 'etc/ssh/ssh_host_ed25519_key.pub', content: secrets.hostKeyPublic, mode: 0o644 },
  {
    path: `home/${guestUser}/.ssh/authorized_keys`,
    content: secrets.clientKeyPublic,
    mode: 0o600,
    owner: guestUserId,
  },
  // Last: its presence says that the node has all of the above.
  { path: 'etc/lab/network', content: renderNetwork(topology, node), mode: 0o644 },
]
