import { isMap, isScalar, type Node } from 'yaml'
import type { InvalidInput } from '../errors.ts'
import { addChild, addGroup, addHost, type Group, type Members, setVariables } from './groups.ts'
import { collect, wrong } from './problems.ts'
import { expandHosts } from './ranges.ts'
import { type Entry, entries, isMapping, type Source } from './source.ts'
import { readVariables } from './yaml-variables.ts'

interface Reading {
  source: Source
  members: Members
}

/**
 * Reads an inventory in Ansible's YAML shape: `GROUP: {hosts: {NAME: {…}}, vars: {…}, children: {…}}`.
 *
 * @throws InvalidInput when the text is no inventory; mistakes inside it are collected
 * @see https://docs.ansible.com/ansible-core/2.14/collections/ansible/builtin/yaml_inventory.html
 */
export function readYamlInventory(source: Source, members: Members): void {
  const reading = { source, members }
  const top = source.root.contents
  if (!isMap(top)) throw wrong('an inventory is a mapping of groups', source.placeOf(top))
  const groups = entries(source, top)
  const plugin = groups.find(({ key }) => key === 'plugin')
  if (plugin) throw pluginConfiguration(reading, plugin)
  for (const { key, value } of groups) readGroup(reading, key, value)
}

function readGroup(reading: Reading, name: string, node: Node | null): Group {
  const { source, members } = reading
  const group = addGroup(members, name)
  collect(members.problems, () => {
    mustBeMapping(reading, node, `group '${name}'`)
    for (const entry of entries(source, node))
      collect(members.problems, () => readSection(reading, group, entry))
  })
  return group
}

type ReadSection = (reading: Reading, group: Group, section: Entry) => void

const SECTIONS: Readonly<Record<string, ReadSection>> = {
  hosts: (reading, group, section) => {
    for (const host of namesIn(reading, group, section))
      collect(reading.members.problems, () => readHosts(reading, group, host))
  },
  vars: (reading, group, { value }) => {
    mustBeMapping(reading, value, `'vars' of group '${group.name}'`)
    setVariables(reading.members, group, readVariables(reading.source, value))
  },
  children: (reading, group, section) => {
    for (const { key, keyNode, value } of namesIn(reading, group, section))
      addChild(reading.members, group, readGroup(reading, key, value), reading.source.placeOf(keyNode))
  },
}

function readSection(reading: Reading, group: Group, section: Entry): void {
  const read = Object.hasOwn(SECTIONS, section.key) ? SECTIONS[section.key] : undefined
  const known = Object.keys(SECTIONS).join(', ')
  const message = `group '${group.name}' has an unknown key '${section.key}'; it may hold ${known}`
  if (!read) throw wrong(message, reading.source.placeOf(section.keyNode))
  read(reading, group, section)
}

/** As in Ansible, `hosts: NAME` is short for `hosts: { NAME: }`. */
function namesIn(reading: Reading, group: Group, { key, value }: Entry): Entry[] {
  if (isScalar(value) && typeof value.value === 'string')
    return [{ key: value.value, keyNode: value, value: null }]
  mustBeMapping(reading, value, `'${key}' of group '${group.name}'`)
  return entries(reading.source, value)
}

function readHosts(reading: Reading, group: Group, { key, keyNode, value }: Entry): void {
  const { source, members } = reading
  const place = source.placeOf(keyNode)
  const { names, port } = expandHosts(key, place)
  const hosts = names.map((name) => addHost(members, group, name, place, port))
  mustBeMapping(reading, value, `the variables of host '${key}'`)
  const variables = readVariables(source, value)
  for (const host of hosts) for (const [name, said] of variables) host.variables.set(name, said)
}

/** A mapping or nothing. */
function mustBeMapping({ source }: Reading, node: Node | null, what: string): void {
  if (!isMapping(source, node)) throw wrong(`${what} must be a mapping`, source.placeOf(node))
}

function pluginConfiguration({ source }: Reading, { keyNode }: Entry): InvalidInput {
  const message = 'this configures an inventory plugin of Ansible, which only Ansible can run'
  const hint = 'give an executable that prints the inventory: exec ansible-inventory -i THIS_FILE --list'
  return wrong(message, source.placeOf(keyNode), hint)
}
