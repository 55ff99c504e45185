import { InvalidInput, type Place, type Problem } from '../errors.ts'

/** One mistake, as what is thrown. */
export function wrong(message: string, place: Place, hint?: string): InvalidInput {
  return new InvalidInput([{ message, place, ...(hint !== undefined && { hint }) }])
}

/** Goes on after a mistake: the rest of an inventory is read, too, so that all mistakes are told at once. */
export function collect<Result>(problems: Problem[], read: () => Result): Result | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error
    problems.push(...error.problems)
    return undefined
  }
}
