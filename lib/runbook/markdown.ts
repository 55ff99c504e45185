import { visible } from './unseen.ts'

/** Text for a paragraph or heading: one line, with nothing in it that Markdown would take for its own. */
export function prose(text: string): string {
  return visible(text.replaceAll(/[ \n]+/g, ' ').trim()).replaceAll(/[\\`*_[\]<>#|]/g, '\\$&')
}

/** A code span; its fence is longer than any run of backquotes in it. */
export function code(text: string): string {
  const shown = visible(text.replaceAll('\n', '⏎'))
  const fence = '`'.repeat(longest(/`+/g, shown) + 1)
  return fence.length > 1 || shown.trim() === '' ? `${fence} ${shown} ${fence}` : `${fence}${shown}${fence}`
}

/** A fenced block; no line of it can end it. The text must hold no character that `unseen.ts` knows. */
export function fenced(info: string, text: string): string {
  const fence = '`'.repeat(Math.max(3, longest(/^`+/gm, text) + 1))
  return `${fence}${info}\n${text}\n${fence}`
}

/** The anchor that GitHub and others give a heading: letters, digits, dashes; a number after one that was used. */
export function anchors(): (heading: string) => string {
  const used = new Map<string, number>()
  return (heading) => {
    const slug = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')
    const before = used.get(slug) ?? 0
    used.set(slug, before + 1)
    return before === 0 ? slug : `${slug}-${before}`
  }
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** `node1, node2 and node3`. */
export function list(words: readonly string[]): string {
  const [last = '', ...rest] = [...words].reverse()
  return rest.length === 0 ? last : `${rest.reverse().join(', ')} and ${last}`
}

function longest(pattern: RegExp, text: string): number {
  return Math.max(0, ...[...text.matchAll(pattern)].map(([run]) => run.length))
}
