import type { Group, TopologyData } from './schema.ts'

const hostsOf = (group: Group): string[] => [
  ...Object.keys(group.hosts ?? {}),
  ...Object.values(group.children ?? {}).flatMap(hostsOf),
]

const flatten = (name: string, group: Group): [string, string[]][] => [
  [name, [...new Set(hostsOf(group))]],
  ...Object.entries(group.children ?? {}).flatMap(([child, inner]) => flatten(child, inner)),
]

/** The groups of an inventory, each with its hosts and those of its children. Pure. */
export const hostsByGroup = ({ all }: TopologyData['inventory']): Map<string, readonly string[]> =>
  new Map(flatten('all', all))
