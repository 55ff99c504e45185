import { isCollection, isMap, type Node, type YAMLMap } from 'yaml'
import type { z } from 'zod'
import type { Place, Problem } from '../errors.ts'
import type { Variable, Variables } from './groups.ts'

/** Whose variables are checked, and where the host itself is named. */
export interface Holder {
  name: string
  place: Place
}

/** Checks variables against a schema. Every problem is added with the place of what is wrong. */
export function checkVariables<Schema extends z.ZodType>(
  schema: Schema,
  holder: Holder,
  variables: Variables,
  problems: Problem[],
): z.infer<Schema> | undefined {
  const result = schema.safeParse(
    Object.fromEntries([...variables].map(([name, { value }]) => [name, value])),
  )
  if (result.success) return result.data
  for (const issue of result.error.issues) problems.push(...describeIssue(issue, holder, variables))
  return undefined
}

function describeIssue(issue: z.core.$ZodIssue, holder: Holder, variables: Variables): Problem[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol')
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownKey([...path, key], variables, holder))
  const place = placeOf(variables, path) ?? holder.place
  if (isMissing(variables, path))
    return [{ message: `${path.join('.')} is missing for host ${holder.name}`, place }]
  return [{ message: `${path.join('.')}: ${issue.message}`, place }]
}

function unknownKey(path: readonly (string | number)[], variables: Variables, holder: Holder): Problem {
  const place = placeOf(variables, path, 'key') ?? holder.place
  return { message: `unknown variable '${path.join('.')}'`, place }
}

/** Where a variable was said; of a missing part, the nearest thing around it that was said. */
export function placeOf(
  variables: Variables,
  path: readonly (string | number)[],
  part: 'key' | 'value' = 'value',
): Place | undefined {
  const [name, ...inner] = path
  const variable = variables.get(String(name))
  return variable?.source.placeOf(part === 'key' ? keyNode(variable, inner) : valueNode(variable, inner))
}

function valueNode(variable: Variable, path: readonly (string | number)[]): Node {
  let node: unknown = variable.node
  for (const step of path) {
    const next = isCollection(node) ? node.get(step, true) : undefined
    if (next === undefined) break
    node = next
  }
  return (node ?? variable.key) as Node
}

function keyNode(variable: Variable, path: readonly (string | number)[]): Node {
  if (path.length === 0) return variable.key
  const holder = valueNode(variable, path.slice(0, -1))
  const pairs = isMap(holder) ? (holder as YAMLMap).items : []
  return (pairs.find((pair) => String(pair.key) === String(path.at(-1)))?.key ?? holder) as Node
}

function isMissing(variables: Variables, path: readonly (string | number)[]): boolean {
  let value: unknown = variables.get(String(path[0]))?.value
  for (const step of path.slice(1)) value = (value as Record<string, unknown> | undefined)?.[step]
  return value === undefined
}
