import { Document, isMap, isScalar, visit, YAMLMap } from 'yaml'
import type { Topology } from './load.ts'
import type { Node, Variable } from './schema.ts'

/** How a host is reached: the port on this machine, and the files that prove who it is and who we are. */
export type Connection = { readonly port: number; readonly keyFile: string; readonly knownHosts: string }

/** The user of every guest; it may use sudo without a password. */
export const guestUser = 'admin'

/** Where a disk of the topology is in its node, whatever order the devices came in. */
export const diskPath = (disk: string): string => `/dev/disk/by-id/virtio-${disk}`

/** Where a disk is in a node of another provider: the disks of a node's own come first, then the LUNs. */
export type DevicePath = (disk: string, node: string) => string

const derive = (source: Variable, node: Node, pathOf: (disk: string) => string): string =>
  'network' in source ? (node.addresses[source.network] as string) : pathOf(source.disk)

const derived = (
  { groups, variables }: Topology,
  host: string,
  node: Node,
  pathOf: DevicePath,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(variables)
      .filter(([group]) => groups.get(group)?.includes(host))
      .flatMap(([, ofGroup]) => Object.entries(ofGroup))
      .map(([name, source]) => [name, derive(source, node, (disk) => pathOf(disk, host))]),
  )

/** The variables by which a machine of the embedded lab is reached. Pure. */
export const wayTo = (connection: Connection) => ({
  ansible_host: '127.0.0.1',
  ansible_port: connection.port,
  ansible_user: guestUser,
  ansible_ssh_private_key_file: connection.keyFile,
  ansible_become: true,
  // An emulated guest on a busy host answers late.
  ansible_timeout: 120,
  ansible_ssh_common_args: `-o UserKnownHostsFile=${connection.knownHosts}`,
})

// A group may be nested in another's children; a host is a host wherever it stands.
const hostMaps = (group: unknown): YAMLMap[] => {
  if (!isMap(group)) return []
  const children = group.get('children')
  const nested = isMap(children) ? children.items.flatMap((pair) => hostMaps(pair.value)) : []
  const hosts = group.get('hosts')
  return isMap(hosts) ? [hosts, ...nested] : nested
}

const complete = (hosts: YAMLMap, name: string, variables: object): void => {
  const written = hosts.get(name)
  const own = isMap(written) ? written : new YAMLMap()
  own.flow = false
  for (const [key, value] of Object.entries(variables)) if (!own.has(key)) own.set(key, value)
  hosts.set(name, own)
}

// A LUN is named by its path, which all nodes that see it share.
const replaceLuns = (tree: YAMLMap, { luns }: Topology, pathOf: DevicePath): void =>
  visit(tree, {
    Scalar(_, scalar) {
      const lun = Object.keys(luns).find((name) => scalar.value === diskPath(name))
      if (lun !== undefined) scalar.value = pathOf(lun, luns[lun]?.nodes[0] ?? '')
    },
  })

/**
 * The inventory of a topology, with what its hosts get from their nodes. Pure.
 *
 * @param ways variables of each host that say how it is reached, or what else the provider knows of it
 */
export const renderInventory = (
  topology: Topology,
  ways: Readonly<Record<string, object>>,
  { command = 'up', pathOf = diskPath }: { command?: string; pathOf?: DevicePath } = {},
): string => {
  const tree = topology.inventory.clone() as YAMLMap
  replaceLuns(tree, topology, pathOf)
  for (const hosts of hostMaps(tree.get('all')))
    for (const { key } of [...hosts.items]) {
      const name = String(isScalar(key) ? key.value : key)
      const node = topology.nodes[name]
      const way = ways[name]
      if (node && way) complete(hosts, name, { ...derived(topology, name, node, pathOf), ...way })
    }
  const document = new Document(tree)
  document.commentBefore = ` Written by \`npm run lab -- ${command}\` from lab/topologies/${topology.name}.yml: change that, not this.`
  return document.toString({ lineWidth: 0 })
}
