import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
} from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { InvalidInput } from '../errors.ts'
import { addGroup, addHost, type Members } from './groups.ts'
import { collect, wrong } from './problems.ts'
import { expandHosts } from './ranges.ts'
import { readIniInventory } from './read-ini.ts'
import { readScriptInventory } from './read-script.ts'
import { readYamlInventory } from './read-yaml.ts'
import { parseSource, readText } from './source.ts'

/** What Ansible leaves out of a directory: hidden files, variables, and files of these kinds. */
const IGNORED =
  /^\.|^(?:host_vars|group_vars|vars_plugins)$|(?:\.pyc|\.pyo|\.swp|\.bak|~|\.rpm|\.md|\.txt|\.rst|\.orig|\.ini|\.cfg|\.retry)$/

/**
 * Reads one source as `-i` names it: a file in YAML or INI, a program, a directory of them, or hosts joined by
 * commas.
 */
export function readSourceInto(members: Members, name: string): void {
  collect(members.unread, () => {
    if (name.includes(',') && !existsSync(name)) readList(members, name)
    else if (isDirectory(name)) readDirectory(members, name)
    else readFileInto(members, name)
  })
}

function isDirectory(name: string): boolean {
  try {
    return statSync(name).isDirectory()
  } catch (error) {
    const message = `cannot read ${name}: ${(error as Error).message}`
    throw new InvalidInput([{ message, hint: 'name an inventory with -i FILE' }])
  }
}

/** Where `group_vars` and `host_vars` of a source lie; nowhere for a list of hosts. */
export function folderOf(name: string): string | undefined {
  if (!existsSync(name)) return undefined
  return statSync(name).isDirectory() ? name : dirname(name)
}

function readList(members: Members, list: string): void {
  const place = { file: `-i ${list}`, line: 1 }
  const group = addGroup(members, 'ungrouped')
  for (const text of list.split(',').flatMap((part) => part.trim() || [])) {
    const { names, port } = expandHosts(text, place)
    for (const name of names) addHost(members, group, name, place, port)
  }
}

function readDirectory(members: Members, folder: string): void {
  const names = readdirSync(folder).filter((name) => !IGNORED.test(name))
  for (const name of names.sort()) readSourceInto(members, join(folder, name))
}

function readFileInto(members: Members, file: string): void {
  const place = { file, line: 1 }
  if (extname(file) === '.toml') throw wrong('TOML is not read; write it in YAML or INI', place)
  const isScript = isProgram(file)
  const text = isScript ? '' : readText(file)
  if (isScript) readScriptInventory(file, members)
  else if (isYaml(file, text)) readYamlInventory(parseSource(text, file, dirname(file)), members)
  else readIniInventory(text, file, members)
}

/** Executable, and with the first bytes of a script or of an ELF program: an execute bit alone says little. */
function isProgram(file: string): boolean {
  const start = Buffer.alloc(4)
  const handle = openSync(file, 'r')
  readSync(handle, start, 0, start.length, 0)
  closeSync(handle)
  return /^(?:#!|\x7fELF)/.test(start.toString('latin1')) && isExecutable(file)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** By its name, or else by the first line that says anything: `---`, `all:` or `{`. */
function isYaml(file: string, text: string): boolean {
  if (/\.(?:ya?ml|json)$/.test(file)) return true
  if (file.endsWith('.ini')) return false
  const first = text.split('\n').find((line) => !/^\s*(?:[#;]|$)/.test(line)) ?? ''
  return /^(?:---|\{|%YAML|['"]?[^\s[\]='"]+['"]?:(?:\s|$))/.test(first)
}
