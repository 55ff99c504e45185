import { Secret } from '../secret.ts'
import { quote } from './quote.ts'

/** What may stand in `${…}` of a `sh` template: words are quoted, shell text goes in as it is. */
export type ShellValue = string | number | Shell | Secret | readonly (string | number | Shell | Secret)[]

/** POSIX shell text and the secrets that it names as variables. The text itself can always be shown. */
export class Shell {
  readonly text: string
  readonly secrets: readonly Secret[]

  constructor(text: string, secrets: readonly Secret[] = []) {
    this.text = text
    this.secrets = secrets
  }

  toString(): string {
    return this.text
  }
}

/**
 * Shell text for a target. Strings are quoted, arrays become words, shell text is inserted, and a secret
 * becomes a variable whose value travels separately.
 *
 * @example sh`chmod ${mode} -- ${path}`
 */
export function sh(strings: TemplateStringsArray, ...values: readonly ShellValue[]): Shell {
  const secrets: Secret[] = []
  const [first = '', ...rest] = withoutMargin(strings)
  const text = rest.reduce((done, part, index) => done + render(values[index] ?? '', secrets) + part, first)
  return new Shell(text, secrets)
}

/** Shell text that is already complete, from a constant of the program and never from data. */
export function raw(text: string): Shell {
  return new Shell(text)
}

/** Joins shell texts, by default one a line. */
export function lines(parts: readonly Shell[], separator = '\n'): Shell {
  return new Shell(
    parts.map((part) => part.text).join(separator),
    parts.flatMap((part) => part.secrets),
  )
}

function render(value: ShellValue, secrets: Secret[]): string {
  if (value instanceof Shell) {
    secrets.push(...value.secrets)
    return value.text
  }
  if (value instanceof Secret) {
    secrets.push(value)
    return `"$${value.variable}"`
  }
  if (typeof value === 'string' || typeof value === 'number') return quote(String(value))
  return value.map((word) => render(word, secrets)).join(' ')
}

/**
 * Templates are written indented. One that starts on a line of its own loses that line's margin everywhere;
 * values are inserted afterwards, so that a here-document in them keeps its every blank.
 */
function withoutMargin(strings: readonly string[]): string[] {
  const margin = /^\n[ \t]*/.exec(strings[0] ?? '')?.[0]
  if (margin === undefined) return [...strings]
  const parts = strings.map((part) => part.replaceAll(margin, '\n'))
  parts[0] = (parts[0] ?? '').slice(1)
  parts[parts.length - 1] = (parts.at(-1) ?? '').replace(/\n[ \t]*$/, '')
  return parts
}
