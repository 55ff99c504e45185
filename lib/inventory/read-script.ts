import { dirname, resolve } from 'node:path'
import { isSeq, type Node } from 'yaml'
import { InvalidInput, type Place } from '../errors.ts'
import { runProgram } from '../transport/program.ts'
import { addChild, addGroup, addHost, type Group, type Members, setVariables } from './groups.ts'
import { collect, wrong } from './problems.ts'
import { entries, parseSource, type Source } from './source.ts'
import { readVariables } from './yaml-variables.ts'

interface Reading {
  file: string
  source: Source
  members: Members
  /** The hosts that this program names. */
  hosts: Set<string>
}

/**
 * Reads an inventory from a program: `--list` prints all groups as JSON, with the variables of all hosts in
 * `_meta.hostvars`; where that is absent, `--host NAME` prints those of one host.
 *
 * @throws InvalidInput when the program fails or prints no JSON
 * @see https://docs.ansible.com/ansible-core/2.14/dev_guide/developing_inventory.html#developing-inventory-scripts
 */
export function readScriptInventory(file: string, members: Members): void {
  const source = ask(file, ['--list'])
  const reading: Reading = { file, source, members, hosts: new Set() }
  const top = entries(source, source.root.contents)
  for (const { key, value } of top)
    if (key !== '_meta') collect(members.problems, () => readGroup(reading, key, value))
  const meta = entries(source, top.find(({ key }) => key === '_meta')?.value)
  const hostvars = meta.find(({ key }) => key === 'hostvars')
  const known = new Map(entries(source, hostvars?.value).map(({ key, value }) => [key, value]))
  for (const name of reading.hosts) {
    const own = hostvars ? source : ask(file, ['--host', name])
    const node = hostvars ? known.get(name) : own.root.contents
    for (const [variable, said] of readVariables(own, node))
      members.hosts.get(name)?.variables.set(variable, said)
  }
}

/** A group is a list of hosts, or a mapping; one without a known key has the variables of a host of its name. */
function readGroup(reading: Reading, name: string, node: Node | null): void {
  const { source, members } = reading
  const group = addGroup(members, name)
  const parts = entries(source, node)
  const part = (key: string) => parts.find((entry) => entry.key === key)?.value
  const isShort = !isSeq(node) && !parts.some(({ key }) => ['hosts', 'vars', 'children'].includes(key))
  if (isShort) addNamed(reading, group, name, source.placeOf(node))
  else addHosts(reading, group, isSeq(node) ? node : part('hosts'))
  setVariables(members, group, readVariables(source, isShort ? node : part('vars')))
  for (const [child, place] of namesIn(reading, part('children'), `the children of group '${name}'`))
    addChild(members, group, addGroup(members, child), place)
}

function addHosts(reading: Reading, group: Group, node: unknown): void {
  for (const [name, place] of namesIn(reading, node, `the hosts of group '${group.name}'`))
    addNamed(reading, group, name, place)
}

function addNamed({ members, hosts }: Reading, group: Group, name: string, place: Place): void {
  hosts.add(name)
  addHost(members, group, name, place)
}

function namesIn({ source }: Reading, node: unknown, what: string): [string, Place][] {
  if (node === undefined) return []
  if (!isSeq(node)) throw wrong(`${what} must be a list of names`, source.placeOf(node))
  return node.items.map((name) => [String((name as Node).toJS(source.root)), source.placeOf(name)])
}

/** Places in what it printed count from its first line: `FILE --list:3:5`. */
function ask(file: string, args: readonly string[]): Source {
  const { exitCode, stdout, stderr, reason } = runProgram(resolve(file), args, process.cwd())
  const said = [file, ...args].join(' ')
  const failed = (what: string) =>
    new InvalidInput([
      { message: `${said}: ${what}${stderr.trim() && `\n${stderr.trim()}`}`, place: { file, line: 1 } },
    ])
  if (exitCode !== 0) throw failed(reason ?? `exit code ${exitCode}`)
  try {
    JSON.parse(stdout || '{}')
  } catch (error) {
    throw failed(`it printed no JSON: ${(error as Error).message}`)
  }
  return parseSource(stdout || '{}', said, dirname(file))
}
