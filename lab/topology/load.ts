import { readFileSync } from 'node:fs'
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
import { type TopologyData, topologyFile } from './schema.ts'

/** One laboratory: its machines, and the tree of its inventory with the tags that it was written with. */
export type Topology = Omit<TopologyData, 'inventory'> & {
  readonly name: string
  readonly packages: readonly string[]
  readonly inventory: YAMLMap
}

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

/** Reads the text of a topology file. Throws LabError with all faults, each as file:line:column. Pure. */
export const parseTopologies = (text: string, file: string): Topology[] => {
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter, logLevel: 'error' })
  const at = (offset: number) => {
    const { line, col } = counter.linePos(offset)
    return `${file}:${line}:${col}`
  }
  const fail = (faults: string[]) => {
    throw new LabError(`the topology has ${faults.length} fault(s):\n${faults.join('\n')}`, `correct ${file}`)
  }
  if (document.errors.length > 0)
    fail(document.errors.map((error) => `${at(error.pos[0])}: ${error.message.split('\n')[0]}`))
  const parsed = topologyFile.safeParse(document.toJS())
  if (!parsed.success)
    return fail(
      parsed.error.issues
        .flatMap(leaves)
        .map(({ path, key, message }) => `${at(offsetOf(document, path, key))}: ${where(path)}${message}`),
    ) as never
  return Object.entries(parsed.data.topologies).map(([name, data]) => ({
    ...data,
    name,
    packages: parsed.data.packages,
    inventory: document.getIn(['topologies', name, 'inventory']) as YAMLMap,
  }))
}

/** The topology of that name in lab/topology.yml. Throws LabError if the file is wrong or has no such topology. */
export const loadTopology = (name: string): Topology => {
  const file = asset('topology.yml')
  const all = parseTopologies(readFileSync(file, 'utf8'), file)
  const found = all.find((topology) => topology.name === name)
  if (found) return found
  throw new LabError(
    `there is no topology ${name} in ${file}`,
    `take one of: ${all.map((t) => t.name).join(', ')}`,
  )
}
