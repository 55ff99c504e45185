/**
 * What Python's `ast.literal_eval` makes of a text, as Ansible reads values in INI files: numbers, quoted strings,
 * True, False, None, and lists, tuples and dictionaries of them. Anything else is the text itself.
 */
export function readPythonLiteral(text: string): unknown {
  const tokens = tokenize(text)
  if (tokens.length === 0) return text
  const reader: Reader = { tokens, at: 0 }
  try {
    const value = readTuple(reader)
    return reader.at === tokens.length ? value : text
  } catch (error) {
    if (error instanceof NotLiteral) return text
    throw error
  }
}

class NotLiteral extends Error {}

interface Reader {
  tokens: readonly string[]
  at: number
}

const STRING = `[bBuU]?(?:'(?:[^'\\\\\\n]|\\\\.)*'|"(?:[^"\\\\\\n]|\\\\.)*")`
const IS_STRING = new RegExp(`^${STRING}$`, 'su')
const TOKEN = new RegExp(
  `\\s+|#.*|${STRING}|[A-Za-z_][A-Za-z0-9_]*|[0-9.][0-9A-Za-z_.]*(?:(?<=[eE])[-+][0-9_]+)?|.`,
  'suy',
)

function tokenize(text: string): string[] {
  TOKEN.lastIndex = 0
  const tokens: string[] = []
  while (TOKEN.lastIndex < text.length) {
    const [token = ''] = TOKEN.exec(text) ?? []
    if (!/^(?:\s|#)/.test(token)) tokens.push(token)
  }
  return tokens
}

/** `1, 2` without brackets is a tuple, too. */
function readTuple(reader: Reader): unknown {
  const first = readValue(reader)
  if (reader.tokens[reader.at] !== ',') return first
  reader.at += 1
  return [first, ...readItems(reader, undefined)]
}

function readValue(reader: Reader): unknown {
  const token = next(reader)
  if (IS_STRING.test(token)) return readStrings(reader, token)
  if (/^[0-9.]/.test(token)) return readNumber(token)
  if (token === '-' || token === '+') return readSigned(reader, token)
  if (token === '[') return readItems(reader, ']')
  if (token === '(') return readParenthesis(reader)
  if (token === '{') return readBraces(reader)
  if (Object.hasOwn(NAMES, token)) return NAMES[token]
  throw new NotLiteral()
}

const NAMES: Readonly<Record<string, unknown>> = { True: true, False: false, None: null }

function readSigned(reader: Reader, sign: string): number {
  const value = readValue(reader)
  if (typeof value !== 'number') throw new NotLiteral()
  return sign === '-' ? -value : value
}

/** Items up to the closing bracket, or to the end of the text; a comma may follow the last one. */
function readItems(reader: Reader, end: string | undefined): unknown[] {
  const items: unknown[] = []
  while (reader.tokens[reader.at] !== end) {
    items.push(readValue(reader))
    if (reader.tokens[reader.at] !== end) take(reader, ',')
  }
  reader.at += end === undefined ? 0 : 1
  return items
}

function readParenthesis(reader: Reader): unknown {
  const items = readItems(reader, ')')
  const isTuple = items.length !== 1 || reader.tokens[reader.at - 2] === ','
  return isTuple ? items : items[0]
}

function readBraces(reader: Reader): unknown {
  const pairs: [string, unknown][] = []
  while (reader.tokens[reader.at] !== '}') {
    const key = readValue(reader)
    take(reader, ':')
    pairs.push([String(key), readValue(reader)])
    if (reader.tokens[reader.at] !== '}') take(reader, ',')
  }
  reader.at += 1
  return Object.fromEntries(pairs)
}

/** No zero in front, as in Python 3. A number too large for JavaScript stays the text that it is. */
function readNumber(token: string): number {
  const digits = token.replaceAll(/(?<=[0-9a-fA-F])_(?=[0-9a-fA-F])/g, '')
  const isInteger = /^(?:0+|[1-9][0-9]*|0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+)$/.test(digits)
  const isFloat = /^(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?$/.test(digits)
  if (!isFloat && !(isInteger && Number.isSafeInteger(Number(digits)))) throw new NotLiteral()
  return Number(digits)
}

/** Strings side by side are one. */
function readStrings(reader: Reader, first: string): string {
  let value = withoutEscapes(first)
  while (IS_STRING.test(reader.tokens[reader.at] ?? '')) value += withoutEscapes(next(reader))
  return value
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\n': '',
  "'": "'",
  '"': '"',
  '\\': '\\',
}

function withoutEscapes(token: string): string {
  const body = token.replace(/^[bBuU]/, '').slice(1, -1)
  return body.replaceAll(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|(.))/gsu,
    (all, x, u, long, octal, sign) => {
      const hex = x ?? u ?? long
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8))
      return ESCAPES[sign] ?? all
    },
  )
}

function next(reader: Reader): string {
  const token = reader.tokens[reader.at]
  if (token === undefined) throw new NotLiteral()
  reader.at += 1
  return token
}

function take(reader: Reader, wanted: string): void {
  if (next(reader) !== wanted) throw new NotLiteral()
}
