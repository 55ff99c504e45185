import { inspect } from 'node:util'

/**
 * A value that must not be seen. It travels to a host on the standard input of a shell and prints as
 * `[secret NAME]` everywhere else; `reveal` is for the transport and for hashing alone.
 */
export class Secret {
  readonly name: string
  readonly #value: string

  constructor(name: string, value: string) {
    this.name = name
    this.#value = value
  }

  /** The shell variable that carries the value on the target, and that a person sets in a runbook. */
  get variable(): string {
    return `secret_${this.name.replace(/[^A-Za-z0-9]/g, '_')}`
  }

  reveal(): string {
    return this.#value
  }

  toString(): string {
    return `[secret ${this.name}]`
  }

  toJSON(): string {
    return this.toString()
  }

  [inspect.custom](): string {
    return this.toString()
  }
}

/** Replaces every secret value in a text by its name: the last net before a byte leaves the program. */
export function redact(text: string, secrets: Iterable<Secret>): string {
  let clean = text
  for (const secret of secrets) {
    for (const value of spellings(secret.reveal())) clean = clean.replaceAll(value, secret.toString())
  }
  return clean
}

/** The value as it is, and as it stands inside a JSON string or a single-quoted shell word. */
function spellings(value: string): string[] {
  const all = [value, JSON.stringify(value).slice(1, -1), value.replaceAll("'", `'\\''`)]
  return [...new Set(all)].filter((spelling) => spelling !== '')
}
