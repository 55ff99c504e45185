import { isMap, type Node } from 'yaml'
import type { Problem } from '../errors.ts'
import { entries, type Source } from './source.ts'

/** A value and where it was said. */
export interface Variable {
  value: unknown
  key: Node
  node: Node | null
  source: Source
}

export type Variables = ReadonlyMap<string, Variable>

/** One group as written: its own hosts, variables and children. */
export interface Group {
  name: string
  /** Distance from `all`; deeper groups win where variables clash, as in Ansible. */
  depth: number
  hosts: Map<string, { key: Node; variables: Variables }>
  variables: Variables
  children: string[]
}

const KEYS = ['hosts', 'vars', 'children']

/**
 * Reads an inventory in Ansible's YAML shape: `GROUP: {hosts: {NAME: {…}}, vars: {…}, children: {…}}`.
 *
 * @see https://docs.ansible.com/ansible-core/2.14/collections/ansible/builtin/yaml_inventory.html
 */
export function readGroups(source: Source, problems: Problem[]): Map<string, Group> {
  const groups = new Map<string, Group>()
  const top = source.root.contents
  if (!isMap(top))
    problems.push({ message: 'an inventory is a mapping of groups', place: source.placeOf(top) })
  for (const { key, value } of entries(top)) readGroup(key, value, key === 'all' ? 0 : 1)
  return groups

  function readGroup(name: string, node: Node | null, depth: number): void {
    const group = groups.get(name) ?? emptyGroup(name, depth)
    groups.set(name, group)
    group.depth = Math.max(group.depth, depth)
    checkShape(source, name, node, problems)
    for (const { key, value } of entries(node)) {
      if (key === 'hosts') addHosts(source, group, value)
      if (key === 'vars') group.variables = new Map([...group.variables, ...readVariables(source, value)])
      if (key === 'children')
        for (const child of entries(value)) addChild(group, child.key, child.value, depth + 1)
    }
  }

  function addChild(parent: Group, name: string, node: Node | null, depth: number): void {
    parent.children.push(name)
    readGroup(name, node, depth)
  }
}

function emptyGroup(name: string, depth: number): Group {
  return { name, depth, hosts: new Map(), variables: new Map(), children: [] }
}

function addHosts(source: Source, group: Group, node: Node | null): void {
  for (const { key, keyNode, value } of entries(node)) {
    group.hosts.set(key, { key: keyNode, variables: readVariables(source, value) })
  }
}

function readVariables(source: Source, node: Node | null): Map<string, Variable> {
  return new Map(
    entries(node).map(({ key, keyNode, value }) => [
      key,
      { value: value?.toJS(source.root), key: keyNode, node: value, source },
    ]),
  )
}

function checkShape(source: Source, name: string, node: Node | null, problems: Problem[]): void {
  const wrong = (message: string, at: unknown) => problems.push({ message, place: source.placeOf(at) })
  if (node !== null && !isMapOrNull(node)) wrong(`group '${name}' must be a mapping`, node)
  for (const { key, keyNode, value } of entries(node)) {
    if (!KEYS.includes(key))
      wrong(`group '${name}' has an unknown key '${key}'; it may hold ${KEYS.join(', ')}`, keyNode)
    else if (!isMapOrNull(value)) wrong(`'${key}' of group '${name}' must be a mapping`, value)
    else if (key === 'hosts') checkHosts(value)
  }

  function checkHosts(hosts: Node | null): void {
    for (const { key, value } of entries(hosts)) {
      if (!isMapOrNull(value)) wrong(`the variables of host '${key}' must be a mapping`, value)
    }
  }
}

function isMapOrNull(node: Node | null): boolean {
  return node === null || isMap(node) || node.toJSON() === null
}
