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

const lun = z.strictObject({ size: mebibytes, nodes: z.array(name).min(1) })

const variable = z.union([z.strictObject({ network: name }), z.strictObject({ disk: name })])

const group = z.strictObject({
  hosts: z.record(z.string(), z.unknown()).optional(),
  vars: z.record(z.string(), z.unknown()).optional(),
  get children() {
    return z.record(z.string(), group).optional()
  },
})

/** A file of lab/topologies/. Sizes are in MiB; `variables` are by group of the inventory. */
export const topologyFile = z
  .strictObject({
    networks: z.record(name, network),
    nodes: z.record(name, node),
    luns: z.record(name, lun).default({}),
    variables: z.record(z.string(), z.record(z.string(), variable)),
    // Read again as a YAML tree when the inventory is written, so that its tags survive.
    inventory: z.strictObject({ all: group }),
  })
  .superRefine(checkReferences)

/** The file lab/packages.yml: names of Debian packages. */
export const packagesFile = z.array(
  z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/, 'not the name of a Debian package'),
)

export type Network = z.infer<typeof network>
export type Node = z.infer<typeof node>
export type Variable = z.infer<typeof variable>
export type Group = z.infer<typeof group>
export type TopologyData = z.infer<typeof topologyFile>
