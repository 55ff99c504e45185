import { inspect } from 'node:util'

/** All secrets of this process, those of the inventory and those that a playbook makes, for `redact`. */
const every = new Set<Secret>()

/** How a person's shell makes a secret from another one: it reads that one, and prints this. */
export interface Recipe {
  from: Secret
  /** POSIX sh with the tools of any Linux. */
  shell: string
}

/**
 * A value that must not be seen. It travels to a host on the standard input of a shell and prints as
 * `[secret NAME]` everywhere else; `reveal` is for the transport and for hashing alone.
 */
export class Secret {
  readonly name: string
  #value: string | undefined

  /** In a runbook nobody is asked for what has one. */
  readonly recipe: Recipe | undefined

  /** @param value left out as long as it has to be fetched: a prompt, a command, a decryption */
  constructor(name: string, value?: string, recipe?: Recipe) {
    this.name = name
    this.recipe = recipe
    this.#value = value
    every.add(this)
    net = undefined
  }

  /** The shell variable that carries the value on the target, and that a person sets in a runbook. */
  get variable(): string {
    return Secret.variableOf(this.name)
  }

  static variableOf(name: string): string {
    return `secret_${name.replace(/[^A-Za-z0-9]/g, '_')}`
  }

  /** Whether the value has been fetched. */
  get isKnown(): boolean {
    return this.#value !== undefined
  }

  /** Takes the value that was fetched. */
  learn(value: string): void {
    this.#value = value
    net = undefined
  }

  reveal(): string {
    if (this.#value === undefined) throw new TypeError(`${this} is used before it was fetched`)
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

/** What `redact` looks for: every spelling of every secret, and the name that takes its place. */
interface Net {
  pattern: RegExp
  names: ReadonlyMap<string, string>
}

/** The net over all secrets of the process; made anew after one was added. */
let net: Net | undefined

/** Replaces every secret value in a text by its name: the last net before a byte leaves the program. */
export function redact(text: string, secrets?: Iterable<Secret>): string {
  if (secrets === undefined) net ??= weave(every)
  const { pattern, names } = secrets === undefined ? (net as Net) : weave(secrets)
  return text.replaceAll(pattern, (found) => names.get(found) ?? found)
}

/**
 * JSON of a value whose texts are redacted one by one, so that it stays JSON whatever a secret looks like.
 */
export function redactedJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_key, part) => (typeof part === 'string' ? redact(part) : part), indent)
}

/** Longer spellings first: one secret may be a part of another. */
function weave(secrets: Iterable<Secret>): Net {
  const known = [...secrets].filter((secret) => secret.isKnown)
  const names = new Map(
    known.flatMap((secret) => spellings(secret.reveal()).map((one) => [one, secret.toString()] as const)),
  )
  const longestFirst = [...names.keys()].sort((left, right) => right.length - left.length)
  const escaped = longestFirst.map((spelling) => spelling.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
  // An alternation of nothing would match everywhere; this matches nowhere.
  return { pattern: new RegExp(escaped.join('|') || '(?!)', 'g'), names }
}

/** A line of a value of several lines is a secret too, since output is indented and compared line by line. */
const LINE = 6

/** The value, its lines, and how programs write them: JSON, a quoted shell word, HTML, a URL, base64. */
function spellings(value: string): string[] {
  const lines = value.split('\n').map((line) => line.trim())
  const pieces = [value, value.trim(), ...lines.filter((line) => line.length >= LINE)]
  const all = pieces.flatMap((piece) => [
    piece,
    JSON.stringify(piece).slice(1, -1),
    piece.replaceAll("'", `'\\''`),
    ...html(piece),
    encodeURIComponent(Buffer.from(piece).toString()),
    ...base64(piece),
  ])
  return [...new Set(all)].filter((spelling) => spelling !== '')
}

/** In a text of HTML quotes may stay as they are, in an attribute they do not. */
function html(value: string): string[] {
  const text = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const attribute = text.replaceAll('"', '&quot;')
  return [text, attribute, attribute.replaceAll("'", '&#39;')]
}

/** Fewer characters of base64 than this could stand in any text by chance. */
const BASE64 = 8

/** Base64 of anything that holds the value: it begins at one of three places within a group of bytes. */
function base64(value: string): string[] {
  const bytes = Buffer.from(value)
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
    const first = Math.ceil((before * 8) / 6)
    const last = Math.floor((whole.length * 8) / 6)
    const encoded = whole.toString('base64').slice(first)
    const certain = encoded.slice(0, last - first)
    if (certain.length < BASE64) return []
    return [encoded, certain].flatMap((one) => [one, one.replaceAll('+', '-').replaceAll('/', '_')])
  })
}
