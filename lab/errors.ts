/** A failure of the lab as a person should read it: what happened, where, and what to do next. */
export class LabError extends Error {
  override readonly name = 'LabError'
  readonly hint: string | undefined

  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}

/** The text for a person: the message, then the way out. Never a stack. */
export const explain = (error: unknown): string => {
  if (!(error instanceof Error)) return `error: ${String(error)}`
  const hint = error instanceof LabError && error.hint ? `\n  next: ${error.hint}` : ''
  return `error: ${error.message}${hint}`
}
