/** One word of a line, its quotes gone, and the column where it begins, from 1. */
export interface Word {
  text: string
  column: number
}

/**
 * Splits a line as Python's `shlex.split(line, comments=True)` does: quotes of both kinds, a backslash before the next
 * character, and everything behind `#` left out. The package shlex knows neither columns nor comments.
 *
 * @returns the words, or the column of a quote that is not closed
 */
export function splitWords(line: string): Word[] | number {
  const words: Word[] = []
  // Blanks, a comment, or the longest run of pieces: plain characters, what a backslash protects, quoted text.
  const token = /\s+|#.*|(?:[^\s#'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+/suy
  while (token.lastIndex < line.length) {
    const at = token.lastIndex
    const [found] = token.exec(line) ?? []
    if (found === undefined) return at + 1
    if (/^[^\s#]/.test(found)) words.push({ text: unquote(found), column: at + 1 })
  }
  return words
}

function unquote(word: string): string {
  return word.replaceAll(/\\(.)|'([^']*)'|"((?:[^"\\]|\\.)*)"/gsu, (_all, escaped, single, double) => {
    if (escaped !== undefined) return escaped
    return single ?? double.replaceAll(/\\(["\\])/g, '$1')
  })
}
