import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml'
import type { z } from 'zod'
import { LabError } from '../errors.ts'
import { asset } from '../project.ts'
import { hostsByGroup } from './groups.ts'
import { packagesFile, type TopologyData, topologyFile } from './schema.ts'

/** One laboratory: its machines, and the tree of its inventory with the tags that it was written with. */
export type Topology = Omit<TopologyData, 'inventory'> & {
  readonly name: string
  readonly inventory: YAMLMap
  /** The same tree as plain values, whose tags are gone. */
  readonly values: TopologyData['inventory']
  /** The groups of the inventory, each with all of its hosts. */
  readonly groups: ReadonlyMap<string, readonly string[]>
}

/** The disks of a storage network that a node is connected to. Pure. */
export const lunsOf = ({ luns }: Topology, node: string): string[] =>
  Object.keys(luns).filter((name) => luns[name]?.nodes.includes(node))

type Path = readonly PropertyKey[]

const keysOf = (map: YAMLMap): Scalar[] => map.items.map((pair) => pair.key).filter((item) => isScalar(item))

// A key that should not be there is shown itself, anything else by its value, or by what it is missing from.
const offsetOf = (document: Document, path: Path, key?: string): number => {
  const node = document.getIn(path as unknown[], true)
  if (key !== undefined && isMap(node))
    return keysOf(node).find((item) => item.value === key)?.range?.[0] ?? 0
  if (isNode(node) && node.range) return node.range[0]
  return path.length > 0 ? offsetOf(document, path.slice(0, -1)) : 0
}

const leaves = (issue: z.core.$ZodIssue): { path: Path; key?: string; message: string }[] => {
  const { path, message } = issue
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path, key, message: `unknown key ${key}` }))
  if (issue.code === 'invalid_key' || issue.code === 'invalid_element')
    return issue.issues.map((inner) => ({
      path: path.slice(0, -1),
      key: String(path.at(-1)),
      message: inner.message,
    }))
  return [{ path, message }]
}

const where = (path: Path): string => (path.length > 0 ? `${path.map(String).join('.')}: ` : '')

const parse = <Schema extends z.ZodType>(schema: Schema, text: string, file: string) => {
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter, logLevel: 'error' })
  const at = (offset: number) => {
    const { line, col } = counter.linePos(offset)
    return `${file}:${line}:${col}`
  }
  const fail = (faults: string[]): never => {
    throw new LabError(`the topology has ${faults.length} fault(s):\n${faults.join('\n')}`, `correct ${file}`)
  }
  if (document.errors.length > 0)
    fail(document.errors.map((error) => `${at(error.pos[0])}: ${error.message.split('\n')[0]}`))
  const parsed = schema.safeParse(document.toJS())
  if (parsed.success) return { document, data: parsed.data }
  return fail(
    parsed.error.issues
      .flatMap(leaves)
      .map(({ path, key, message }) => `${at(offsetOf(document, path, key))}: ${where(path)}${message}`),
  )
}

/** Reads the text of a topology file. Throws LabError with all faults, each as file:line:column. Pure. */
export const parseTopology = (text: string, file: string): Topology => {
  const { document, data } = parse(topologyFile, text, file)
  const inventory = document.get('inventory') as YAMLMap
  return {
    ...data,
    name: basename(file, '.yml'),
    inventory,
    values: data.inventory,
    groups: hostsByGroup(data.inventory),
  }
}

/** The names of all topologies. */
export const topologyNames = (): string[] =>
  readdirSync(asset('topologies')).map((file) => basename(file, '.yml'))

/** The topology of that name in lab/topologies/. Throws LabError if there is none, or if it is wrong. */
export const loadTopology = (name: string): Topology => {
  const names = topologyNames()
  if (!names.includes(name))
    throw new LabError(`there is no topology ${name}`, `take one of: ${names.join(', ')}`)
  const file = asset(`topologies/${name}.yml`)
  return parseTopology(readFileSync(file, 'utf8'), file)
}

/** The packages that wait in the guests. Throws LabError if lab/packages.yml is wrong. */
export const loadPackages = (): string[] => {
  const file = asset('packages.yml')
  return parse(packagesFile, readFileSync(file, 'utf8'), file).data
}
