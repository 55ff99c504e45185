import { isCollection, type Node, type Scalar, visit } from 'yaml'
import { wrong } from './problems.ts'
import { type Entry, entries, resolved, type Source } from './source.ts'
import { isTemplate, type Path, type Variable } from './variables.ts'
import { UNSAFE } from './yaml-tags.ts'

/** A mapping's pairs as variables. */
export function readVariables(source: Source, node: unknown): Map<string, Variable> {
  return new Map(entries(source, node).map((entry) => [entry.key, toVariable(source, entry)]))
}

function toVariable(source: Source, { keyNode, value }: Entry): Variable {
  return {
    value: toValue(source, value),
    placeOf: (path, part) =>
      source.placeOf(
        part === 'key' ? keyAt(source, keyNode, value, path) : (valueAt(source, value, path) ?? keyNode),
      ),
    templates: () => templates(value).map(source.placeOf),
  }
}

/** @throws InvalidInput for what only shows now, such as a text that is merged into a mapping */
function toValue(source: Source, node: Node | null): unknown {
  try {
    return node?.toJS(source.root)
  } catch (error) {
    throw wrong((error as Error).message, source.placeOf(node))
  }
}

function valueAt(source: Source, value: Node | null, path: Path): Node | null {
  let node = value
  for (const step of path) {
    const next = isCollection(node) ? resolved(source, node.get(step, true)) : undefined
    if (!next) break
    node = next
  }
  return node
}

function keyAt(source: Source, key: Node, value: Node | null, path: Path): Node {
  if (path.length === 0) return key
  const holder = valueAt(source, value, path.slice(0, -1))
  const found = entries(source, holder).find((entry) => entry.key === String(path.at(-1)))
  return found?.keyNode ?? holder ?? key
}

function templates(value: Node | null): Scalar[] {
  const found: Scalar[] = []
  if (value)
    visit(value, {
      Scalar: (part, node) => {
        if (part === 'key' || node.tag === UNSAFE || typeof node.value !== 'string') return
        if (isTemplate(node.value)) found.push(node)
      },
    })
  return found
}
