import type { z } from 'zod'
import type { Place, Problem } from '../errors.ts'
import { isOneSlip } from './one-slip.ts'
import { type Path, placeOf, type Variables } from './variables.ts'

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
  problems.push(...templates(variables, result.data))
  if (result.success) return result.data
  for (const issue of result.error.issues)
    problems.push(...describeIssue(issue, holder, variables, namesOf(schema)))
  return undefined
}

const NOT_OURS =
  'if another playbook uses it: z.object() in place of z.strictObject() passes over what this one does not know'

function namesOf(schema: z.ZodType): string[] {
  return 'shape' in schema ? Object.keys(schema.shape as object) : []
}

/** Ansible would compute them; taken as they stand they would end up in somebody's configuration. */
function templates(variables: Variables, used: unknown): Problem[] {
  const names = new Set(typeof used === 'object' && used !== null ? Object.keys(used) : variables.keys())
  return [...variables]
    .filter(([name]) => names.has(name))
    .flatMap(([name, variable]) =>
      variable.templates().map((place) => ({
        message: `${name} holds an expression of Jinja, and nothing here computes it`,
        place,
        hint: 'write the value, or compute it in the playbook; if the braces are meant as they stand: !unsafe',
      })),
    )
}

function describeIssue(
  issue: z.core.$ZodIssue,
  holder: Holder,
  variables: Variables,
  known: readonly string[],
): Problem[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol')
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownKey([...path, key], variables, holder, known))
  const place = placeOf(variables, path) ?? holder.place
  if (isMissing(variables, path)) {
    const own = issue.message.startsWith(WORDS_OF_ZOD) ? '' : `: ${issue.message}`
    return [{ message: `${path.join('.')} is missing for host ${holder.name}${own}`, place }]
  }
  return [{ message: `${path.join('.')}: ${issue.message}`, place }]
}

function unknownKey(path: Path, variables: Variables, holder: Holder, known: readonly string[]): Problem {
  const place = placeOf(variables, path, 'key') ?? holder.place
  const problem = { message: `unknown variable '${path.join('.')}'`, place }
  if (path.length > 1) return problem
  const meant = known.find((name) => isOneSlip(String(path[0]), name))
  return { ...problem, hint: meant === undefined ? NOT_OURS : `did you mean '${meant}'?` }
}

/** Of what is missing they tell nothing that a person wants to know; a schema's own message may be a reason. */
const WORDS_OF_ZOD = 'Invalid input'

function isMissing(variables: Variables, path: Path): boolean {
  let value: unknown = variables.get(String(path[0]))?.value
  for (const step of path.slice(1)) value = (value as Record<string, unknown> | undefined)?.[step]
  return value === undefined
}
