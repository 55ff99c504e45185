import { randomBytes } from 'node:crypto'
import { awaitReady, PATIENCE } from './dialog.ts'
import { startProcess } from './local.ts'
import { ending } from './lost.ts'
import type { Channel } from './transport.ts'

/**
 * Starts a program of the controller that starts a process elsewhere. What it cannot reach it tells only by ending,
 * and so the other side says first that it is there.
 *
 * @param argumentsFor the arguments of the program; `mark` is shell text to run before the command itself
 * @returns the channel, or why there is none
 */
export async function startCommand(
  program: string,
  argumentsFor: (mark: string) => readonly string[],
): Promise<Channel | string> {
  const nonce = randomBytes(8).toString('hex')
  const channel = startProcess(program, argumentsFor(`echo ${nonce} ready`))
  channel.stdin.on('error', () => {})
  const { end, said } = await awaitReady(channel, { nonce, marks: 1, password: undefined })
  if (end === 'ready') return channel
  await channel.close()
  if (typeof end !== 'string') return said || ending(end)
  return end === 'silence' ? `${program} said nothing within ${PATIENCE} s` : said
}
