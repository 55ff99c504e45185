import { LabError } from '../errors.ts'
import type { TopologyData } from '../topology/schema.ts'
import type { Drill, Trait } from './drill.ts'
import { needsHypervisor } from './faults.ts'
import { matrix } from './matrix.ts'

/** A cluster of an inventory as drills see it. */
export type Cluster = {
  readonly name: string
  readonly nodes: readonly string[]
  readonly vip: string
  readonly mount: string
  /** Of DRBD, where the cluster has one. */
  readonly resource: string
  readonly port: number
  /** Seconds of silence after which heartbeat takes a node for dead. */
  readonly deadtime: number
  /** As deadtime, after heartbeat has started. */
  readonly initdead: number
  /** The node that runs the service where both start together. */
  readonly home: string
  readonly units: readonly string[]
  readonly traits: readonly Trait[]
}

type Variables = Readonly<Record<string, unknown>>
type Group = TopologyData['inventory']['all']

// The variables of each host, those of inner groups over those of outer ones, as inventories have it.
const hostsOf = (group: Group, outer: Variables = {}): [string, Variables][] => {
  const vars = { ...outer, ...group.vars }
  const own = Object.entries(group.hosts ?? {}).map(
    ([host, more]) => [host, { ...vars, ...(more as Variables | null) }] as [string, Variables],
  )
  return [...own, ...Object.values(group.children ?? {}).flatMap((child) => hostsOf(child, vars))]
}

type Described = {
  readonly cluster?: string
  readonly vip: { readonly address: string }
  readonly storage?: {
    readonly kind: string
    readonly mount?: string
    readonly resource?: string
    readonly port?: number
  }
  readonly database?: { readonly mode: string; readonly semi_sync?: boolean }
  readonly home?: string
  readonly heartbeat?: { readonly deadtime?: number; readonly initdead?: number }
  readonly fencing?: unknown
  readonly application?: string
  readonly platform?: string
}

const unitsOf = ({ database, application }: Described): string[] => [
  ...(database?.mode === 'shared-disk' ? ['mariadb'] : []),
  ...(application === 'nagios' ? ['nagios4', 'apache2'] : []),
]

const traitsOf = ({ storage, database, fencing, application, platform }: Described): Trait[] => [
  ...(storage ? (['files', storage.kind] as Trait[]) : []),
  ...(database && database.mode !== 'remote' ? (['database'] as const) : []),
  ...(database?.mode === 'replication' ? (['replication'] as const) : []),
  ...(storage?.kind === 'drbd' || database?.mode === 'replication' ? (['mirrored'] as const) : []),
  ...(database?.semi_sync ? (['semi-sync'] as const) : []),
  ...(application === 'nagios' ? (['nagios'] as const) : []),
  fencing === 'none' ? 'unfenced' : 'fenced',
  ...(platform === undefined || platform.startsWith('debian-') ? (['apt'] as const) : []),
]

/** The clusters of a topology's inventory. Pure. */
export const clustersOf = ({ all }: TopologyData['inventory']): Cluster[] => clustersAmong(hostsOf(all))

/** The clusters that some hosts make by their variables: all that share an address of the service. Pure. */
export const clustersAmong = (hosts: readonly (readonly [string, Variables])[]): Cluster[] => {
  const found = new Map<string, { nodes: string[]; described: Described }>()
  for (const [host, variables] of hosts) {
    if (!variables.vip) continue
    const described = variables as unknown as Described
    const name = described.cluster ?? 'cluster'
    const known = found.get(name)?.nodes ?? []
    found.set(name, { nodes: [...known, host], described })
  }
  return [...found].map(([name, { nodes, described }]) => ({
    name,
    nodes,
    vip: described.vip.address,
    mount: described.storage ? (described.storage.mount ?? '/mnt/shared') : '',
    resource: described.storage?.resource ?? 'r0',
    port: described.storage?.port ?? 7789,
    deadtime: described.heartbeat?.deadtime ?? 10,
    initdead: described.heartbeat?.initdead ?? 120,
    home: described.home ?? '',
    units: unitsOf(described),
    traits: traitsOf(described),
  }))
}

/**
 * Seconds in which a node that booted alone has done what it does: heartbeat starts, takes its peer for dead, and takes the
 * service. Pure.
 */
export const timeAlone = ({ deadtime, initdead }: Cluster): number => deadtime + 5 + initdead + 30

/** A drill on one cluster. Where there are several, each has its own, and the name says which. */
export type Row = { readonly name: string; readonly drill: Drill; readonly cluster: Cluster }

/** Whether somebody has to be served under the fault: where nothing moves, unless it holds up who writes. Pure. */
export const hasToServe = ({ hold, expect }: Drill): boolean =>
  expect.holder === 'stays' && hold > 0 && !expect.waits

/** Every drill that fits the clusters of a topology, in the order of the matrix. Pure. */
export const rowsOf = (clusters: readonly Cluster[]): Row[] =>
  matrix.flatMap((drill) =>
    clusters
      .filter(({ traits }) => drill.needs.every((need) => traits.includes(need)))
      .map((cluster) => ({
        name: clusters.length > 1 ? `${drill.name}@${cluster.name}` : drill.name,
        drill,
        cluster,
      })),
  )

/** The rows of these names, in that order. Throws LabError for a name that there is not. Pure. */
export const namedRows = (rows: readonly Row[], names: readonly string[]): Row[] =>
  names.map((name) => {
    const row = rows.find((one) => one.name === name)
    if (row) return row
    throw new LabError(
      `there is no drill ${name} here`,
      `take one of: ${rows.map((one) => one.name).join(', ')}`,
    )
  })

/** Whether a row can be had where no hypervisor is at hand. Pure. */
export const isInside = ({ drill }: Row): boolean => !drill.faults.some(({ fault }) => needsHypervisor(fault))
