import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml'
import { InvalidInput, type Place, type Problem } from '../errors.ts'
import { yamlTags } from './yaml-tags.ts'

/** One YAML text, parsed so that every value still knows its line and column. */
export interface Source {
  file: string
  root: Document.Parsed
  placeOf: (node: unknown) => Place
}

/** One pair of a mapping. */
export interface Entry {
  key: string
  keyNode: Node
  value: Node | null
}

/**
 * Reads a YAML file with Ansible's idea of YAML (1.1, so that `yes` is a boolean).
 *
 * @throws InvalidInput with all syntax errors of the file
 */
export function readSource(file: string): Source {
  return parseSource(readText(file), file, dirname(file))
}

/**
 * The same of a text that comes from elsewhere.
 *
 * @param file what places call it
 * @param folder what relative paths in it start from
 * @throws InvalidInput with all syntax errors of the text
 */
export function parseSource(text: string, file: string, folder: string): Source {
  const counter = new LineCounter()
  const placeAt = (offset: number): Place => {
    const { line, col } = counter.linePos(offset)
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const root = parseDocument(text, {
    version: '1.1',
    lineCounter: counter,
    prettyErrors: false,
    customTags: (tags) => yamlTags(tags, folder),
  })
  const source = { file, root, placeOf: (node: unknown) => placeAt((node as Node | null)?.range?.[0] ?? 0) }
  const problems: Problem[] = [...root.errors, ...root.warnings].map(({ message, pos }) => ({
    message,
    place: placeAt(pos[0]),
  }))
  problems.push(...inexactNumbers(source))
  if (problems.length > 0) throw new InvalidInput(problems)
  return source
}

/** @throws InvalidInput when the file cannot be read */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new InvalidInput([{ message: `cannot read ${file}: ${(error as Error).message}` }])
  }
}

/** The pairs of a mapping, also those that `<<` merges into it; nothing where there is no mapping. */
export function entries(source: Source, node: unknown): Entry[] {
  const map = resolved(source, node)
  if (!isMap(map)) return []
  const pairs = (map as YAMLMap).items as Pair<Node, Node | null>[]
  const merged = pairs.filter(isMerge).flatMap(({ value }) => {
    const from = resolved(source, value)
    return (isSeq(from) ? from.items : [from]).flatMap((one) => entries(source, one))
  })
  const own = pairs
    .filter((pair) => !isMerge(pair))
    .map(({ key, value }) => ({ key: keyText(key), keyNode: key, value: resolved(source, value) }))
  // What stands in the mapping itself wins, then what was merged first.
  const byKey = new Map([...merged.reverse(), ...own].map((entry) => [entry.key, entry]))
  return [...byKey.values()]
}

/** Whether a node is a mapping, or nothing where one could stand. */
export function isMapping(source: Source, node: unknown): boolean {
  const there = resolved(source, node)
  return there === null || isMap(there) || (isScalar(there) && there.value === null)
}

/** What an alias stands for. */
export function resolved(source: Source, node: unknown): Node | null {
  if (isAlias(node)) return (node.resolve(source.root) as Node | undefined) ?? null
  return node as Node | null
}

/** JavaScript would round them: an account or a serial number that has changed by one is worse than an error. */
function inexactNumbers(source: Source): Problem[] {
  const problems: Problem[] = []
  visit(source.root, {
    Scalar: (_part, node) => {
      if (typeof node.value !== 'number' || !/^[-+]?[\dxa-f_]+$/i.test(node.source ?? '.')) return
      if (!Number.isSafeInteger(node.value))
        problems.push({
          message: `${node.source} is too large a number to keep all its digits; quote it`,
          place: source.placeOf(node),
        })
    },
  })
  return problems
}

function isMerge({ key }: Pair<Node, Node | null>): boolean {
  const value = isScalar(key) ? key.value : undefined
  return typeof value === 'symbol' ? value.description === '<<' : value === '<<'
}

function keyText(key: Node): string {
  return String(isScalar(key) ? key.value : key)
}
