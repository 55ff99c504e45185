import { type ErrorDetails, RunsheetError } from '../errors.ts'
import { callerPlace } from '../resource/caller.ts'

/**
 * Whatever was thrown, as an error for people. What is none of ours is a mistake in the playbook's own code, or in
 * runsheet's: the playbook's line is named, and the one that threw.
 */
export function asRunsheetError(thrown: unknown): RunsheetError {
  if (thrown instanceof RunsheetError) return thrown
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const place = callerPlace(error.stack)
  const details: ErrorDetails = { cause: error, hint: hintFor(error), ...(place && { place }) }
  return new RunsheetError('E_UNEXPECTED', `${error.name}: ${error.message}`, details)
}

function hintFor({ stack = '' }: Error): string {
  const thrower = stack.split('\n').find((line) => /^\s+at /.test(line))
  const where = thrower === undefined ? '' : ` (thrown ${thrower.trim()})`
  return `mend the playbook, or report this as a mistake of runsheet${where}`
}
