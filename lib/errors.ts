/** How far a failure reaches: one task on one host, everything on one host, or the whole run. */
export type BlastRadius = 'task' | 'host' | 'run'

/** What ran on the target, exactly, with both of its streams. Texts hold no secrets: they name them. */
export interface RemoteEvidence {
  host: string
  command: string
  exitCode: number | undefined
  stdout: string
  stderr: string
}

/** A place in a file that a person can open. Lines and columns count from 1. */
export interface Place {
  file: string
  line: number
  column?: number
}

export type ErrorCode =
  | 'E_INVALID'
  | 'E_UNREACHABLE'
  | 'E_HOST_KEY'
  | 'E_BECOME'
  | 'E_CONNECTION_LOST'
  | 'E_TIMEOUT'
  | 'E_LOCKED'
  | 'E_INTERRUPTED'
  | 'E_PROBE_FAILED'
  | 'E_TRANSFER_FAILED'
  | 'E_APPLY_FAILED'
  | 'E_NOT_CONVERGED'
  | 'E_HANDLER_FAILED'
  | 'E_PLAY_STOPPED'
  | 'E_REFUSED'
  | 'E_LAB'
  | 'E_UNEXPECTED'

export interface ErrorDetails {
  radius?: BlastRadius
  place?: Place
  remote?: RemoteEvidence
  /** What to do next, as one sentence or a command to copy. */
  hint?: string
  cause?: unknown
}

/** Every error that a user may see. Anything else that escapes is a bug of runsheet. */
export class RunsheetError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause })
    this.name = 'RunsheetError'
    this.code = code
    this.details = details
  }
}

/** One mistake in what the user wrote; a run reports all of them at once. */
export interface Problem {
  message: string
  place?: Place
  hint?: string
}

/** All problems of the input together, found before any host was contacted. */
export class InvalidInput extends RunsheetError {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super('E_INVALID', problems.map(describeProblem).join('\n'), { radius: 'run' })
    this.problems = problems
  }
}

/** `file:line:column: message` and the hint on a line of its own. */
export function describeProblem({ message, place, hint }: Problem): string {
  const where = place ? `${describePlace(place)}: ` : ''
  return `${where}${message}${hint ? `\n  ${hint}` : ''}`
}

export function describePlace({ file, line, column }: Place): string {
  return column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`
}
