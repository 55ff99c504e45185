import type { Place } from '../errors.ts'
import { addChild, addGroup, addHost, type Group, type Members, setVariables } from './groups.ts'
import { collect, wrong } from './problems.ts'
import { readPythonLiteral } from './python-literal.ts'
import { expandHosts } from './ranges.ts'
import { type Variable, variableAt } from './variables.ts'
import { splitWords, type Word } from './words.ts'

interface Reading {
  file: string
  members: Members
  /** The section that the lines belong to. */
  group: Group
  kind: 'hosts' | 'vars' | 'children'
  /** Groups that a section of hosts or children declares, here or in an earlier source. */
  declared: Set<string>
  /** Where groups are named that may be declared later. */
  named: { group: string; place: Place }[]
}

/**
 * Reads an inventory in Ansible's INI format: `[group]`, `[group:children]` and `[group:vars]`.
 *
 * @see https://docs.ansible.com/ansible-core/2.14/collections/ansible/builtin/ini_inventory.html
 */
export function readIniInventory(text: string, file: string, members: Members): void {
  const declared = new Set(members.groups.keys())
  const group = addGroup(members, 'ungrouped')
  const reading: Reading = { file, members, group, kind: 'hosts', declared, named: [] }
  text.split(/\r?\n/).forEach((line, index) => {
    if (!/^\s*(?:[#;]|$)/.test(line)) collect(members.problems, () => readLine(reading, line, index + 1))
  })
  for (const { group: name, place } of reading.named)
    if (!declared.has(name))
      members.problems.push({ message: `no section [${name}] declares this group`, place })
}

function readLine(reading: Reading, line: string, number: number): void {
  const at = (column: number): Place => ({ file: reading.file, line: number, column })
  const margin = line.length - line.trimStart().length
  if (/^\s*\[.*\]\s*(?:#.*)?$/.test(line)) readSection(reading, line.trim(), at(margin + 1))
  else if (reading.kind === 'vars') readGroupVariable(reading, line, at)
  else if (reading.kind === 'children') readChild(reading, line.trim(), at(margin + 1))
  else readHosts(reading, line, at)
}

function readSection(reading: Reading, line: string, place: Place): void {
  const [, name, kind = 'hosts'] = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/.exec(line) ?? []
  if (name === undefined || !isKind(kind))
    throw wrong(`a section is [GROUP], [GROUP:vars] or [GROUP:children], not ${line}`, place)
  reading.group = addGroup(reading.members, name)
  reading.kind = kind
  if (kind === 'vars') reading.named.push({ group: name, place })
  else reading.declared.add(name)
}

function isKind(word: string): word is Reading['kind'] {
  return ['hosts', 'vars', 'children'].includes(word)
}

function readChild(reading: Reading, line: string, place: Place): void {
  const [, name] = /^([^:\]\s]+)\s*(?:#.*)?$/.exec(line) ?? []
  if (name === undefined) throw wrong(`a line of [${reading.group.name}:children] names one group`, place)
  reading.named.push({ group: name, place })
  addChild(reading.members, reading.group, addGroup(reading.members, name), place)
}

function readGroupVariable(reading: Reading, line: string, at: (column: number) => Place): void {
  const [, name, gap = '', value = ''] = /^\s*([^=]*?)(\s*=\s*)(.*?)\s*$/.exec(line) ?? []
  const column = line.search(/\S/) + 1
  if (name === undefined) throw wrong(`a line of [${reading.group.name}:vars] is NAME=VALUE`, at(column))
  const variable = variableAt(readPythonLiteral(value), at(column + name.length + gap.length), at(column))
  setVariables(reading.members, reading.group, [[name, variable]])
}

function readHosts(reading: Reading, line: string, at: (column: number) => Place): void {
  const words = splitWords(line)
  if (typeof words === 'number') throw wrong('this quote is not closed', at(words))
  const [host, ...rest] = words
  if (!host) return
  const place = at(host.column)
  const { names, port } = expandHosts(host.text, place)
  const variables = rest.map((word) => readHostVariable(word, at))
  for (const name of names) {
    const member = addHost(reading.members, reading.group, name, place, port)
    for (const [variable, said] of variables) member.variables.set(variable, said)
  }
}

function readHostVariable({ text, column }: Word, at: (column: number) => Place): [string, Variable] {
  const [, name, value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? []
  if (name === undefined) throw wrong(`what follows a host is NAME=VALUE, not '${text}'`, at(column))
  return [name, variableAt(readPythonLiteral(value), at(column + name.length + 1), at(column))]
}
