import { InvalidInput, type Place, type Problem } from '../errors.ts'
import type { Connection } from '../transport/connection.ts'
import { complete, type Group, hostsOf, type Members, startMembers } from './groups.ts'
import { nameSecrets, type Origins } from './name-secrets.ts'
import { type Spoken, variablesOf } from './precedence.ts'
import { readConnection } from './read-connection.ts'
import { folderOf, readSourceInto } from './sources.ts'
import type { Variables } from './variables.ts'
import { varsFiles } from './vars-files.ts'

/** A host with all variables that reach it, each still knowing its place. */
export interface InventoryHost {
  name: string
  place: Place
  variables: Variables
  connection: Connection
  /** What is wrong with the variables of its connection: told where somebody wants to reach it. */
  problems: readonly Problem[]
}

export interface Inventory {
  /** The sources as they were named, for messages. */
  file: string
  hosts: readonly InventoryHost[]
  /** Group name → the names of all hosts in it and in its children. */
  groups: ReadonlyMap<string, readonly string[]>
}

/** An inventory whose secrets can be fetched. */
export interface LoadedInventory extends Inventory {
  origins: Origins
}

/**
 * Loads an inventory from one or several sources: files in YAML or INI, programs, directories, lists of hosts, and
 * the `group_vars` and `host_vars` beside them. Problems are added to `problems`, so that those of later checks can
 * join them. Its secrets have names, but no values yet: see `fetchSecrets`.
 *
 * @throws InvalidInput with all problems when a file cannot be read at all: most that follows would follow from that
 * @param extra variables of all hosts, which win over all others
 */
export function loadInventory(
  sources: string | readonly string[],
  problems: Problem[],
  extra: Variables = new Map(),
): LoadedInventory {
  const named = [sources].flat()
  const file = named.join(', ')
  const members = startMembers(problems)
  for (const source of named) readSourceInto(members, source)
  complete(members)
  const folders = named.flatMap((source) => folderOf(source) ?? [])
  const groups = new Map([...members.groups.keys()].map((name) => [name, hostsOf(members, name)]))
  const origins: Origins = new Map()
  const name = nameSecrets(origins)
  const hosts = readHosts({ members, files: varsFiles(members.unread), folders, extra }, groups, name)
  if (members.unread.length > 0) throw new InvalidInput([...problems, ...members.unread])
  if (hosts.length === 0) problems.push({ message: 'the inventory names no host', place: { file, line: 1 } })
  return { file, hosts, groups, origins }
}

function readHosts(
  spoken: Spoken,
  groups: ReadonlyMap<string, readonly string[]>,
  named: (variables: Variables) => Variables,
): InventoryHost[] {
  const { members } = spoken
  const memberOf = invert(members, groups)
  return [...members.hosts].map(([name, { place }]) => {
    const variables = named(variablesOf(name, memberOf.get(name) ?? [], spoken))
    const problems: Problem[] = []
    const connection = readConnection({ name, place }, variables, problems)
    return { name, place, variables, connection, problems }
  })
}

/** Host name → all groups that it is in, directly or by their children. */
function invert(members: Members, groups: ReadonlyMap<string, readonly string[]>): Map<string, Group[]> {
  const memberOf = new Map([...members.hosts.keys()].map((name): [string, Group[]] => [name, []]))
  for (const group of members.groups.values())
    for (const host of groups.get(group.name) ?? []) memberOf.get(host)?.push(group)
  return memberOf
}
