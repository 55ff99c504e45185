/** What a resource looks like: the fields that were asked for, and their values. */
export type State = Readonly<Record<string, string | number | boolean>>

/**
 * The canonical text that decides: one `field value` a line, in the order of the expectation. A probe must
 * print exactly this for a resource that is as wanted. Shells cut trailing newlines, so there are none.
 */
export function canonical(state: State): string {
  return Object.entries(state)
    .map(([field, value]) => `${field} ${word(value)}`)
    .join('\n')
    .replace(/\n+$/, '')
}

/** Reads a probe's text for people: a line that starts with no known field continues the one before. */
export function parseState(text: string, fields: readonly string[]): Map<string, string> {
  const state = new Map<string, string>()
  let current: string | undefined
  for (const line of text.split('\n')) {
    const field = fields.find((name) => line === name || line.startsWith(`${name} `))
    if (field !== undefined) state.set(field, line.slice(field.length + 1))
    else if (current !== undefined) state.set(current, `${state.get(current)}\n${line}`)
    current = field ?? current
  }
  return state
}

function word(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return String(value)
}
