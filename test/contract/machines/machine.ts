import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Shell, sh } from '../../../lib/shell/sh.ts'
import { type Connection, openSession, type Session, transportFor } from '../../../lib/transport/index.ts'

/** A machine that the contract is proven on. */
export interface Machine {
  /** As the engine takes it. */
  connection: Connection
  /** Runs shell text under `set -e`, beside the engine; throws unless it exits with 0. */
  sh: (text: Shell) => Promise<string>
  stop: () => Promise<void>
}

/**
 * A machine whose SSH server is known by its address and key.
 *
 * @param known a line of known_hosts(5)
 * @param stop what ends the machine itself
 */
export async function openMachine(
  address: string,
  port: number,
  privateKeyFile: string,
  known: string,
  stop: () => Promise<unknown>,
): Promise<Machine> {
  const folder = mkdtempSync(join(tmpdir(), 'runsheet-contract-'))
  const knownHosts = join(folder, 'known_hosts')
  writeFileSync(knownHosts, `${known}\n`)
  const connection: Connection = {
    kind: 'ssh',
    address,
    port,
    user: 'root',
    privateKeyFile,
    knownHostsFiles: [knownHosts],
    become: undefined,
    connectTimeout: 30,
  }
  const session = await openSession(transportFor(connection), { host: 'target' })
  return {
    connection,
    sh: (text) => ask(session, text),
    stop: async () => {
      await session.close()
      await stop()
      rmSync(folder, { recursive: true })
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
