import { createHash } from 'node:crypto'
import { Secret } from '../secret.ts'
import { Shell } from './sh.ts'

/** The content of a file: literal text with secrets in it. It prints with the secrets named, not shown. */
export class Text {
  readonly parts: readonly (string | Secret)[]

  constructor(parts: readonly (string | Secret)[]) {
    this.parts = parts
  }

  get secrets(): readonly Secret[] {
    return this.parts.filter((part) => part instanceof Secret)
  }

  reveal(): string {
    return this.parts.map((part) => (part instanceof Secret ? part.reveal() : part)).join('')
  }

  toString(): string {
    return this.parts.join('')
  }

  toJSON(): string {
    return this.toString()
  }
}

/**
 * Text with secrets.
 *
 * @example text`auth 1\n1 sha1 ${key}\n`
 */
export function text(
  strings: TemplateStringsArray,
  ...values: readonly (string | number | Secret | Text)[]
): Text {
  const parts: (string | Secret)[] = [strings[0] ?? '']
  values.forEach((value, index) => {
    if (value instanceof Text) parts.push(...value.parts)
    else parts.push(value instanceof Secret ? value : String(value))
    parts.push(strings[index + 1] ?? '')
  })
  return new Text(parts)
}

export function toText(content: string | Secret | Text): Text {
  return content instanceof Text ? content : new Text([content])
}

/** The SHA-256 of the UTF-8 bytes, as `sha256sum` prints it. */
export function sha256(content: Text): string {
  return createHash('sha256').update(content.reveal(), 'utf8').digest('hex')
}

/**
 * Shell text that writes the content, byte for byte, to the file named by the shell word `target`. It uses a
 * here-document, since not every `sh` has `printf` built in (mksh) and an external one would show a secret
 * in its arguments.
 *
 * @param target a shell word that is already quoted, such as `"$tmp"`
 * @throws TypeError when the content holds a NUL byte, which no shell text can carry
 */
export function writeText(content: Text, target: string): Shell {
  return hereDocument(content, ` > ${target}`)
}

/**
 * The same, to the standard output.
 *
 * @throws TypeError when the content holds a NUL byte
 */
export function printText(content: Text): Shell {
  return hereDocument(content, '')
}

/** A here-document always ends its text with a newline; what has none is cut to its length in bytes. */
function hereDocument(content: Text, redirection: string): Shell {
  const whole = content.reveal()
  if (whole.includes('\0')) throw new TypeError('the content holds a NUL byte; send it as a file')
  const { secrets } = content
  const delimiter = unusedDelimiter(whole)
  const body = content.parts.map((part) => (secrets.length > 0 ? expandable(part) : String(part))).join('')
  const opening = `<<${secrets.length > 0 ? delimiter : `'${delimiter}'`}\n${body}`
  if (whole.endsWith('\n')) return new Shell(`cat${redirection} ${opening}${delimiter}`, secrets)
  const document = `${opening}\n${delimiter}`
  if (secrets.length === 0) return new Shell(`head -c ${Buffer.byteLength(whole)}${redirection} ${document}`)
  // The number itself would tell how long the secret is.
  const length = '$(($(content | wc -c) - 1))'
  return new Shell(`content() {\ncat ${document}\n}\ncontent | head -c "${length}"${redirection}`, secrets)
}

/** In an unquoted here-document `$`, backquote and backslash mean something; a value put in does not. */
function expandable(part: string | Secret): string {
  return part instanceof Secret ? `\${${part.variable}}` : part.replaceAll(/[\\$`]/g, '\\$&')
}

/** A word for a here-document that no line of its text equals. */
export function unusedDelimiter(whole: string, word = 'END'): string {
  const lines = new Set(whole.split('\n'))
  let delimiter = word
  while (lines.has(delimiter)) delimiter += '_'
  return delimiter
}
