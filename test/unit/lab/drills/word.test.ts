import { expect, it } from 'vitest'
import { demandWord } from '../../../../lab/drills/run/word.ts'

it.each([
  ['the name of the cluster', 'cluster', true],
  ['with a newline', 'cluster\n', true],
  ['another name', 'yes', false],
  ['nothing, as where nobody is there to type', '', false],
])('%s', async (_, word, goesOn) => {
  const asked: string[] = []
  const answer = demandWord(['cluster', 'cluster'], async (question) => {
    asked.push(question)
    return word
  })
  if (goesOn) await expect(answer).resolves.toBeUndefined()
  else await expect(answer).rejects.toThrow('nothing was done: the word was not cluster')
  expect(asked).toEqual(['This breaks the cluster cluster on purpose. Type its name to go on: '])
})

it('is wanted for each cluster, once', async () => {
  const asked: string[] = []
  const name = (_: string, cluster: string) => {
    asked.push(cluster)
    return Promise.resolve(cluster)
  }
  await expect(demandWord(['database', 'application', 'database'], name)).resolves.toBeUndefined()
  expect(asked).toEqual(['database', 'application'])
})
