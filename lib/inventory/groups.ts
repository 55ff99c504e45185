import type { Place, Problem } from '../errors.ts'
import { type Variable, variableAt } from './variables.ts'

/** One group as all sources together say it. */
export interface Group {
  name: string
  /** The longest way from `all`; deeper groups win where variables clash, as in Ansible. */
  depth: number
  /** Among groups of one depth the larger number wins: `ansible_group_priority`. */
  priority: number
  /** Its own hosts, without those of its children. */
  hosts: Set<string>
  children: Set<string>
  variables: Map<string, Variable>
}

export interface Member {
  place: Place
  variables: Map<string, Variable>
}

/** What is read of an inventory's sources, one after the other; what comes later wins. */
export interface Members {
  groups: Map<string, Group>
  hosts: Map<string, Member>
  problems: Problem[]
  /** What is wrong with files that could not be read at all: what they say is missing now. */
  unread: Problem[]
}

export function startMembers(problems: Problem[]): Members {
  const members: Members = { groups: new Map(), hosts: new Map(), problems, unread: [] }
  addGroup(members, 'all')
  addGroup(members, 'ungrouped')
  return members
}

export function addGroup({ groups }: Members, name: string): Group {
  const group = groups.get(name) ?? {
    name,
    depth: 0,
    priority: 1,
    hosts: new Set(),
    children: new Set(),
    variables: new Map(),
  }
  groups.set(name, group)
  return group
}

/** @param port of a host that is called `NAME:PORT`; a variable that is said wins */
export function addHost(members: Members, group: Group, name: string, place: Place, port?: number): Member {
  const known = members.hosts.get(name)
  const member = known ?? { place, variables: new Map() }
  if (!known && port !== undefined) member.variables.set('ansible_port', variableAt(port, place))
  members.hosts.set(name, member)
  group.hosts.add(name)
  return member
}

export function addChild(members: Members, parent: Group, child: Group, place: Place): void {
  if (descendants(members, child.name).has(parent.name))
    members.problems.push({ message: `group '${child.name}' would be a child of itself`, place })
  else parent.children.add(child.name)
}

/** Variables of a group; one of them is about the group itself. */
export function setVariables(
  members: Members,
  group: Group,
  variables: Iterable<readonly [string, Variable]>,
): void {
  for (const [name, variable] of variables) {
    if (name === 'ansible_group_priority') setPriority(members, group, variable)
    else group.variables.set(name, variable)
  }
}

function setPriority({ problems }: Members, group: Group, { value, placeOf }: Variable): void {
  const priority = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (typeof priority === 'number' && Number.isInteger(priority)) group.priority = priority
  else problems.push({ message: 'ansible_group_priority is a whole number', place: placeOf([], 'value') })
}

/** What holds of every inventory: all groups are below `all`, and a host without a group is `ungrouped`. */
export function complete(members: Members): void {
  const { groups, hosts } = members
  const [all, ungrouped] = [addGroup(members, 'all'), addGroup(members, 'ungrouped')]
  const children = new Set([...groups.values()].flatMap((group) => [...group.children]))
  for (const { name } of groups.values()) if (name !== 'all' && !children.has(name)) all.children.add(name)
  const grouped = new Set(
    [...groups.values()]
      .filter((group) => group !== all && group !== ungrouped)
      .flatMap((group) => [...group.hosts]),
  )
  for (const name of grouped) ungrouped.hosts.delete(name)
  for (const name of hosts.keys()) if (!grouped.has(name)) ungrouped.hosts.add(name)
  deepen(groups, all)
}

function deepen(groups: ReadonlyMap<string, Group>, group: Group): void {
  for (const name of group.children) {
    const child = groups.get(name)
    if (!child || child.depth > group.depth) continue
    child.depth = group.depth + 1
    deepen(groups, child)
  }
}

/** All hosts of a group: its own, then those of its children level by level. */
export function hostsOf(members: Members, name: string): string[] {
  const below = [...descendants(members, name)]
  return [...new Set(below.flatMap((group) => [...(members.groups.get(group)?.hosts ?? [])]))]
}

/** The group itself and every group below it, the nearest first. */
function descendants({ groups }: Members, name: string): Set<string> {
  const found = new Set([name])
  // A set that grows while it is walked is walked to its new end.
  for (const group of found) for (const child of groups.get(group)?.children ?? []) found.add(child)
  return found
}
