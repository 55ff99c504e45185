/**
 * Characters that a person cannot see, that a terminal acts upon when they are pasted (a tab completes, a
 * carriage return is Enter), or that end a line where others see none (zx makes a comment of each line).
 */
const UNSEEN = /(?![\n ])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Zs}]/gu

const NAMES: Readonly<Record<string, string>> = { '\t': 'TAB', '\r': 'CR' }

/** The text with such characters named: `<TAB>`, `<U+200B>`. */
export function visible(text: string): string {
  return text.replaceAll(UNSEEN, (character) => `<${nameOf(character)}>`)
}

/** A text that can be shown and pasted, and what each mark in it stands for. */
export interface Spelled {
  text: string
  /** Mark → the octal escapes of its bytes for printf(1). */
  marks: ReadonlyMap<string, string>
}

/** The same so that it can be undone: a mark is one that the text does not hold already. */
export function spell(text: string): Spelled {
  const marks = new Map<string, string>()
  const shown = text.replaceAll(UNSEEN, (character) => {
    let mark = `<${nameOf(character)}>`
    while (text.includes(mark)) mark = `${mark.slice(0, -1)}_>`
    marks.set(mark, octal(character))
    return mark
  })
  return { text: shown, marks }
}

function nameOf(character: string): string {
  const number = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return NAMES[character] ?? `U+${number}`
}

function octal(character: string): string {
  return [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
}
