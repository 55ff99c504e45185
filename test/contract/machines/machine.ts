import { type Shell, sh } from '../../../lib/shell/sh.ts'
import { type Connection, newReach, openHost, type Session } from '../../../lib/transport/index.ts'

/** A machine that the contract is proven on. */
export interface Machine {
  /** As the engine takes it. */
  connection: Connection
  /** Runs shell text under `set -e`, beside the engine; throws unless it exits with 0. */
  sh: (text: Shell) => Promise<string>
  stop: () => Promise<void>
}

/** @param stop what ends the machine itself */
export async function openMachine(connection: Connection, stop: () => Promise<unknown>): Promise<Machine> {
  const session = await openHost('target', connection, newReach())
  return {
    connection,
    sh: (text) => ask(session, text),
    stop: async () => {
      await session.close()
      await stop()
    },
  }
}

async function ask(session: Session, text: Shell): Promise<string> {
  let output = ''
  await session.run([{ kind: 'ask', name: 'sh', run: sh`set -e\n${text}` }], (frame) => {
    output = frame.stdout
    if (frame.words.at(-1) !== '0') throw new Error(`${text.text}\n${frame.stdout}${frame.stderr}`)
  })
  return output
}
