import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { InvalidInput, type Problem, RunsheetError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import { Text, toText } from '../shell/text.ts'

/** What placeholders stand for, by name. */
export type TemplateValues = Readonly<Record<string, string | number | Secret | Text>>

/**
 * The content of a file on the controller, with `{{name}}` replaced by values and nothing else: no loops, no
 * conditions, those are the playbook's. Blanks inside the braces do not count.
 *
 * @param pathOrUrl a path that is absolute or relative to the working directory, or a `file:` URL
 * @throws InvalidInput (E_INVALID) with every placeholder that has no value and every value that has no
 *   placeholder, each with the line and column of the template
 * @example file({ path: '/etc/ha.d/ha.cf', content: template(new URL('ha.cf', import.meta.url), { peer }) })
 */
export function template(pathOrUrl: string | URL, values: TemplateValues): Text {
  const path = pathOrUrl instanceof URL ? fileURLToPath(pathOrUrl) : pathOrUrl
  const source = read(path)
  const parts: (string | Secret)[] = []
  const problems: Problem[] = []
  const unused = new Set(Object.keys(values))
  let end = 0
  for (const { 0: braces, 1: name, index } of source.matchAll(/\{\{(?:[ \t]*([A-Za-z_]\w*)[ \t]*\}\})?/g)) {
    const value = name !== undefined && Object.hasOwn(values, name) ? values[name] : undefined
    if (value === undefined) problems.push(unknown(path, source, index, name))
    parts.push(source.slice(end, index), ...asParts(value ?? ''))
    end = index + braces.length
    unused.delete(name ?? '')
  }
  for (const name of unused)
    problems.push(problemAt(path, source, 0, `no placeholder uses the value ${name}`))
  if (problems.length > 0) throw new InvalidInput(problems)
  return new Text([...parts, source.slice(end)])
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new RunsheetError('E_INVALID', `cannot read the template ${path}`, { radius: 'run', cause })
  }
}

function asParts(value: string | number | Secret | Text): readonly (string | Secret)[] {
  return toText(typeof value === 'number' ? String(value) : value).parts
}

function unknown(file: string, source: string, index: number, name: string | undefined): Problem {
  if (name === undefined) return problemAt(file, source, index, 'a placeholder is written {{name}}')
  return problemAt(file, source, index, `no value for the placeholder {{${name}}}`)
}

function problemAt(file: string, source: string, index: number, message: string): Problem {
  const before = source.slice(0, index).split('\n')
  return { message, place: { file, line: before.length, column: (before.at(-1) ?? '').length + 1 } }
}
