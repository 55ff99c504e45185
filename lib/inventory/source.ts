import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import {
  type Document,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
} from 'yaml'
import { InvalidInput, type Place, type Problem } from '../errors.ts'
import { secretTag } from './secret-tag.ts'

/** One YAML file, parsed so that every value still knows its line and column. */
export interface Source {
  file: string
  root: Document.Parsed
  placeOf: (node: unknown) => Place
}

/**
 * Reads a YAML file with Ansible's idea of YAML (1.1, so that `yes` is a boolean).
 *
 * @throws InvalidInput with all syntax errors of the file
 */
export function readSource(file: string): Source {
  const counter = new LineCounter()
  const root = parseDocument(readText(file), {
    version: '1.1',
    lineCounter: counter,
    prettyErrors: false,
    customTags: (tags) => [...tags, secretTag(dirname(file))],
  })
  const placeAt = (offset: number): Place => {
    const { line, col } = counter.linePos(offset)
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const problems: Problem[] = root.errors.map((error) => ({
    message: error.message,
    place: placeAt(error.pos[0]),
  }))
  if (problems.length > 0) throw new InvalidInput(problems)
  return { file, root, placeOf: (node) => placeAt((node as Node | null)?.range?.[0] ?? 0) }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const hint = 'name an inventory with -i FILE'
    throw new InvalidInput([{ message: `cannot read ${file}: ${(error as Error).message}`, hint }])
  }
}

/** The pairs of a mapping with their keys as strings; nothing where there is no mapping. */
export function entries(node: unknown): { key: string; keyNode: Node; value: Node | null }[] {
  if (!isMap(node)) return []
  return (node as YAMLMap).items.map((pair: Pair) => ({
    key: String(isScalar(pair.key) ? pair.key.value : pair.key),
    keyNode: pair.key as Node,
    value: pair.value as Node | null,
  }))
}
