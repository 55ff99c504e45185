import type { Place } from '../errors.ts'
import { Secret } from '../secret.ts'
import { SecretOrigin } from './secret-origin.ts'
import type { Variable, Variables } from './variables.ts'

/** Where secrets come from, and where that was said. */
export type Origins = Map<Secret, { origin: SecretOrigin; place: Place }>

/**
 * Puts a secret in the place of every origin of one. Its name is that of the variable, such as `db.password`. Two of
 * one name could meet on one host, where each is a variable of the shell: the second one gets a number.
 *
 * @param origins takes the secrets
 */
export function nameSecrets(origins: Origins): (variables: Variables) => Variables {
  const known = new Map<Variable, Variable>()
  const named = new Map<SecretOrigin, Secret>()
  const taken = new Set<string>()
  return (variables) => new Map([...variables].map(([name, variable]) => [name, once(name, variable)]))

  /** A group's variable is one and the same for all of its hosts. */
  function once(name: string, variable: Variable): Variable {
    const found = known.get(variable) ?? { ...variable, value: replace(variable.value, [name], variable) }
    known.set(variable, found)
    return found
  }

  function replace(value: unknown, path: readonly string[], variable: Variable): unknown {
    if (value instanceof SecretOrigin) return secretOf(value, path, variable)
    if (Array.isArray(value))
      return value.map((part, index) => replace(part, [...path, String(index)], variable))
    if (typeof value !== 'object' || value === null) return value
    const parts = Object.entries(value).map(([key, part]) => [key, replace(part, [...path, key], variable)])
    return Object.fromEntries(parts)
  }

  function secretOf(origin: SecretOrigin, path: readonly string[], variable: Variable): Secret {
    const secret = named.get(origin) ?? new Secret(freeName(path.join('.')))
    named.set(origin, secret)
    origins.set(secret, { origin, place: variable.placeOf(path.slice(1), 'value') })
    return secret
  }

  function freeName(wanted: string): string {
    let name = wanted
    for (let number = 2; taken.has(Secret.variableOf(name)); number += 1) name = `${wanted}-${number}`
    taken.add(Secret.variableOf(name))
    return name
  }
}
