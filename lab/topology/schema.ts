import { z } from 'zod'
import { isAddress, isSubnet } from './address.ts'
import { checkReferences } from './references.ts'

// A name becomes part of file names, of a host name and of QEMU's options, where a comma would split it.
const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,20}$/, 'a name is lower-case letters, digits and dashes, 21 at most')
const address = z.string().refine(isAddress, 'not an IPv4 address')
const mebibytes = z.number().int().positive()

const network = z.strictObject({
  subnet: z.string().refine(isSubnet, 'not a subnet such as 192.168.56.0/24'),
  gateway: address.optional(),
})

const node = z.strictObject({
  memory: mebibytes.min(256, 'Debian needs 256 MiB at least'),
  cpus: z.number().int().min(1),
  disks: z.record(name, mebibytes),
  addresses: z.record(name, address),
})

const variable = z.union([z.strictObject({ network: name }), z.strictObject({ disk: name })])

const topology = z
  .strictObject({
    networks: z.record(name, network),
    nodes: z.record(name, node),
    variables: z.record(z.string(), variable),
    // Read again as a YAML tree when the inventory is written, so that its tags survive.
    inventory: z.record(z.string(), z.unknown()),
  })
  .superRefine(checkReferences)

/** The whole of topology.yml. Sizes are in MiB. */
export const topologyFile = z.strictObject({
  packages: z.array(z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/, 'not the name of a Debian package')),
  topologies: z.record(name, topology),
})

export type Network = z.infer<typeof network>
export type Node = z.infer<typeof node>
export type Variable = z.infer<typeof variable>
export type TopologyData = z.infer<typeof topology>
