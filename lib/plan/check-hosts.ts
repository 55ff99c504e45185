import { z } from 'zod'
import type { Problem } from '../errors.ts'
import { checkVariables, type InventoryHost, placeOf, type Variables } from '../inventory/index.ts'
import type { Host, Playbook, Rule, RuleViolation } from './playbook.ts'

/** Gives the variables of all hosts their types, and applies the playbook's rules to them. */
export function checkHosts<Schema extends z.ZodType>(
  playbook: Playbook<Schema>,
  members: readonly InventoryHost[],
  problems: Problem[],
): Host<z.infer<Schema>>[] {
  const hosts = members.map((host) => ({ name: host.name, vars: readVars(playbook, host, problems) }))
  for (const rule of playbook.rules ?? []) {
    problems.push(...apply(rule, hosts).map((violation) => toProblem(violation, members)))
  }
  return hosts
}

function readVars<Schema extends z.ZodType>(
  playbook: Playbook<Schema>,
  host: InventoryHost,
  problems: Problem[],
): z.infer<Schema> {
  const own = new Map([...host.variables].filter(([name]) => !name.startsWith('ansible_')))
  const found: Problem[] = []
  const vars = checkVariables(playbook.vars, host, own, found)
  if (vars !== undefined) return vars
  problems.push(...found)
  return doubtful(
    Object.fromEntries([...own].map(([name, { value }]) => [name, value])),
    alone(playbook.vars, own),
  ) as z.infer<Schema>
}

/** What the schema makes of each variable by itself, its default where nobody said it. */
function alone(schema: z.ZodType, variables: Variables): ReadonlyMap<PropertyKey, unknown> {
  const shape = schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType>) : {}
  const parsed = Object.entries(shape).map(
    ([name, one]) => [name, one.safeParse(variables.get(name)?.value)] as const,
  )
  return new Map(parsed.filter(([, { success }]) => success).map(([name, { data }]) => [name, data]))
}

/** Leaves a rule that asked for what is not there. */
class Abandoned extends Error {}

/**
 * Variables that the schema has refused. Those that are good by themselves are what they would have been; what the
 * others do say can be used, what they do not say ends the rule.
 */
function doubtful<Value extends object>(
  value: Value,
  good: ReadonlyMap<PropertyKey, unknown> = new Map(),
): Value {
  return new Proxy(value, {
    get(target, name, receiver) {
      if (good.has(name)) return good.get(name)
      const inner: unknown = Reflect.get(target, name, receiver)
      if (inner === undefined) throw new Abandoned()
      return typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? doubtful(inner) : inner
    },
  })
}

function apply<Vars>(rule: Rule<Vars>, hosts: readonly Host<Vars>[]): RuleViolation[] {
  try {
    return rule(hosts)
  } catch (error) {
    // A value of a wrong type has been told by the schema; what a rule makes of it says nothing new.
    if (error instanceof Abandoned || error instanceof TypeError) return []
    throw error
  }
}

function toProblem({ host, path, message, hint }: RuleViolation, members: readonly InventoryHost[]): Problem {
  const at = members.find(({ name }) => name === host)
  const place = at && (placeOf(at.variables, path) ?? at.place)
  return { message, ...(place && { place }), ...(hint !== undefined && { hint }) }
}
