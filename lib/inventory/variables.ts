import type { Place } from '../errors.ts'

/** The way from a variable to a part of its value. */
export type Path = readonly (string | number)[]

/** A value and where it was said. */
export interface Variable {
  value: unknown
  /** Where a part of it was said; of a part that is missing, the nearest thing around it. */
  placeOf: (path: Path, part: 'key' | 'value') => Place
  /** Where in it stands what Ansible would compute with Jinja and nothing here does. */
  templates: () => Place[]
}

export type Variables = ReadonlyMap<string, Variable>

/** A variable of a format that knows the place of the whole value alone. */
export function variableAt(value: unknown, place: Place, keyPlace = place): Variable {
  return {
    value,
    placeOf: (path, part) => (part === 'key' && path.length === 0 ? keyPlace : place),
    templates: () => (textsOf(value).some(isTemplate) ? [place] : []),
  }
}

/** Whether Ansible would see an expression or a statement of Jinja in a text. */
export function isTemplate(text: string): boolean {
  return /\{\{|\{%/.test(text)
}

/** Where a part of one of these variables was said; undefined where nobody said the variable. */
export function placeOf(
  variables: Variables,
  path: Path,
  part: 'key' | 'value' = 'value',
): Place | undefined {
  const [name, ...inner] = path
  return variables.get(String(name))?.placeOf(inner, part)
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : []
}
