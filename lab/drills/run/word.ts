import { LabError } from '../../errors.ts'

/** Puts a question that has to be answered with the name of a cluster. */
export type Ask = (question: string, cluster: string) => Promise<string>

/** Asks for the name of each cluster that will be broken. Throws LabError unless that is the answer. */
export const demandWord = async (names: readonly string[], ask: Ask): Promise<void> => {
  for (const name of new Set(names)) {
    const answer = await ask(`This breaks the cluster ${name} on purpose. Type its name to go on: `, name)
    if (answer.trim() !== name)
      throw new LabError(
        `nothing was done: the word was not ${name}`,
        `type -e word=${name}, if that is the cluster`,
      )
  }
}
