import { LabError } from '../../errors.ts'

/** Asks for the name of each cluster that will be broken. Throws LabError unless that is the answer. */
export const demandWord = async (
  names: readonly string[],
  ask: (question: string) => Promise<string>,
): Promise<void> => {
  for (const name of new Set(names))
    if ((await ask(`This breaks the cluster ${name} on purpose. Type its name to go on: `)).trim() !== name)
      throw new LabError(
        `nothing was done: the word was not ${name}`,
        `type -e word=${name}, if that is the cluster`,
      )
}
