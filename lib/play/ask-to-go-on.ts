import { createInterface } from 'node:readline/promises'
import type { Answer } from '../apply/index.ts'
import { InvalidInput } from '../errors.ts'
import { redact } from '../secret.ts'

const ANSWERS: Readonly<Record<string, Answer>> = { y: 'yes', n: 'no', c: 'continue', '': 'no' }

/** @throws InvalidInput where there is nobody to ask */
export function demandTerminal(): void {
  if (process.stdin.isTTY) return
  const hint = 'Start it from a terminal, or judge it beforehand with --check --diff or --plan FILE.'
  throw new InvalidInput([{ message: '--step asks before each task, but there is no terminal', hint }])
}

/** Shows what would be changed on a host and asks; the end of the input is a no. */
export async function askToGoOn(
  host: string,
  names: readonly string[],
  changes: readonly string[],
): Promise<Answer> {
  const details = changes.map((change) => `             ${change}\n`).join('')
  process.stderr.write(redact(`\n${host}  ${names.join(', ')}\n${details}`))
  const reader = createInterface({ input: process.stdin, output: process.stderr })
  try {
    for (;;) {
      const ended = new Promise<string>((resolve) => reader.once('close', () => resolve('')))
      const said = await Promise.race([
        reader.question('do it? (y)es, (N)o, (c)ontinue without asking: '),
        ended,
      ])
      const answer = ANSWERS[said.trim().toLowerCase().charAt(0)]
      if (answer) return answer
    }
  } finally {
    reader.close()
  }
}
