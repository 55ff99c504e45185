import { existsSync, readdirSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { Problem } from '../errors.ts'
import { collect, wrong } from './problems.ts'
import { isMapping, readSource } from './source.ts'
import type { Variable } from './variables.ts'
import { readVariables } from './yaml-variables.ts'

/** In this order; the first that exists counts alone. */
const EXTENSIONS = ['', '.yml', '.yaml', '.json']

/** Finds and reads the files of variables beside an inventory, each once. */
export interface VarsFiles {
  /** The variables of one group or host, of all its files in one folder together. */
  read: (folder: string, kind: 'group_vars' | 'host_vars', name: string) => ReadonlyMap<string, Variable>
}

/**
 * @param unread takes what is wrong with files that cannot be read
 * @see https://docs.ansible.com/ansible-core/2.14/collections/ansible/builtin/host_group_vars_vars.html
 */
export function varsFiles(unread: Problem[]): VarsFiles {
  const known = new Map<string, ReadonlyMap<string, Variable>>()
  return {
    read: (folder, kind, name) => {
      const path = join(folder, kind, name)
      const said = known.get(path) ?? new Map(filesOf(path).flatMap((file) => [...readFile(file, unread)]))
      known.set(path, said)
      return said
    },
  }
}

function filesOf(path: string): string[] {
  const found = EXTENSIONS.map((extension) => `${path}${extension}`).find((name) => existsSync(name))
  if (found === undefined) return []
  return statSync(found).isDirectory() ? filesIn(found) : [found]
}

/** A folder's files by name, its folders among them; hidden ones, copies and other kinds of files are left out. */
function filesIn(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => !/^\.|~$/.test(name))
  return names.sort().flatMap((name) => {
    const path = join(folder, name)
    const extension = extname(name)
    if (statSync(path).isDirectory()) return extension === '' ? filesIn(path) : []
    return EXTENSIONS.includes(extension) ? [path] : []
  })
}

function readFile(file: string, unread: Problem[]): ReadonlyMap<string, Variable> {
  const read = () => {
    const source = readSource(file)
    const top = source.root.contents
    if (!isMapping(source, top)) throw wrong('a file of variables is a mapping', source.placeOf(top))
    return readVariables(source, top)
  }
  return collect(unread, read) ?? new Map()
}
