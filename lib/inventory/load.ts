import type { Place, Problem } from '../errors.ts'
import type { Connection } from '../transport/connection.ts'
import { type Group, readGroups, type Variable, type Variables } from './groups.ts'
import { readConnection } from './read-connection.ts'
import { readSource } from './source.ts'

/** A host with all variables that reach it, each still knowing its place. */
export interface InventoryHost {
  name: string
  place: Place
  variables: Variables
  connection: Connection
}

export interface Inventory {
  file: string
  hosts: readonly InventoryHost[]
  /** Group name → the names of all hosts in it and in its children. */
  groups: ReadonlyMap<string, readonly string[]>
}

/**
 * Loads an inventory. Problems are added to `problems`, so that those of later checks can join them.
 *
 * @throws InvalidInput when the file cannot be read as YAML at all
 */
export function loadInventory(file: string, problems: Problem[]): Inventory {
  const source = readSource(file)
  const groups = readGroups(source, problems)
  const members = new Map([...groups.keys()].map((name) => [name, hostsOf(name, groups)]))
  const names = [...new Set([...members.values()].flat())]
  const hosts = names.map((name) => {
    const holder = { name, place: source.placeOf(keyOf(name, groups)) }
    const variables = variablesOf(name, groups, members)
    return { ...holder, variables, connection: readConnection(holder, variables, problems) }
  })
  if (hosts.length === 0) problems.push({ message: 'the inventory names no host', place: { file, line: 1 } })
  return { file, hosts, groups: members }
}

function hostsOf(name: string, groups: ReadonlyMap<string, Group>, above: readonly string[] = []): string[] {
  const group = groups.get(name)
  if (!group || above.includes(name)) return []
  const below = group.children.flatMap((child) => hostsOf(child, groups, [...above, name]))
  return [...new Set([...group.hosts.keys(), ...below])]
}

/** Ansible's order: shallow groups before deep ones, then by name, then what the host itself says. */
function variablesOf(
  host: string,
  groups: ReadonlyMap<string, Group>,
  members: ReadonlyMap<string, readonly string[]>,
): Map<string, Variable> {
  const its = [...groups.values()].filter((group) => members.get(group.name)?.includes(host))
  its.sort((left, right) => left.depth - right.depth || (left.name < right.name ? -1 : 1))
  const own = its.flatMap((group) => [...(group.hosts.get(host)?.variables ?? [])])
  return new Map([...its.flatMap((group) => [...group.variables]), ...own])
}

function keyOf(host: string, groups: ReadonlyMap<string, Group>): unknown {
  return [...groups.values()].map((group) => group.hosts.get(host)?.key).find(Boolean)
}
