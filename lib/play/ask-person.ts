import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

/**
 * Asks on the terminal for a line that is not shown.
 *
 * @throws Error where there is no terminal: a run by a timer must not wait for a person
 */
export async function askPerson(question: string): Promise<string> {
  if (!process.stdin.isTTY) throw new Error(`there is no terminal to ask '${question}' at`)
  process.stderr.write(`${question}: `)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input: process.stdin, output: silent, terminal: true })
  try {
    return await new Promise((resolve, reject) => {
      // Control-C and the end of the input are no answer.
      reader.once('close', () => reject(new Error(`'${question}' was not answered`)))
      reader.question('').then(resolve, reject)
    })
  } finally {
    reader.close()
    process.stderr.write('\n')
  }
}
