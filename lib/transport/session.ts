import { randomBytes } from 'node:crypto'
import type { Frame } from '../shell/frames.ts'
import type { Step } from '../shell/step.ts'
import { abortScript } from './abort.ts'
import { startShell } from './become.ts'
import { begin, run, type SessionOptions, type State, shellOf } from './conversation.ts'
import type { Channel, Transport } from './transport.ts'

export type { SessionOptions } from './conversation.ts'

/**
 * One login with one persistent shell. After a loss a session is of no more use: `openSession` gives another one, with
 * a login of its own.
 */
export interface Session {
  /**
   * Runs a batch, one at a time, and gives each frame as it comes. Resolves when the target has finished.
   *
   * @throws RunsheetError E_CONNECTION_LOST when the outcome is unknown; E_BECOME or E_UNREACHABLE when sudo or
   *   the login shell ended by itself before the very first answer, so that nothing ran
   */
  run: (batch: readonly Step[], onFrame: (frame: Frame) => void) => Promise<void>
  /**
   * Starts one more process beside the shell, as the shell's user, with its streams open: for what no batch can
   * carry, such as large files. Both outputs must be read.
   *
   * @param script POSIX shell text
   * @throws RunsheetError E_UNREACHABLE or E_BECOME when it did not start
   */
  spawn: (script: string) => Promise<Channel>
  /**
   * Ends what the shell has in hand, from beside it: the step's processes get SIGTERM, and SIGKILL where they live two
   * seconds later. The shell itself goes on, and the step ends with exit code 143 or 137, as any other failure.
   *
   * @returns the ids of processes that no signal ends (they wait for a disk or a dead NFS server); then only `close`
   *   is left, and the outcome is unknown
   * @throws RunsheetError as `spawn` does
   */
  abort: () => Promise<readonly number[]>
  /**
   * Lets the shell finish the step in hand and do nothing more of its batch, from beside it; `run` resolves as usual.
   *
   * @throws RunsheetError as `spawn` does
   */
  halt: () => Promise<void>
  /** Round trips so far, after login: those of opening the shell, and one a batch. None that authenticates counts. */
  readonly trips: number
  /** Ends the shell and its connection; a batch that still runs is lost. */
  close: () => Promise<void>
}

/**
 * Logs in and starts the shell. The prelude rides in the first batch and costs no trip.
 *
 * @throws RunsheetError as the transport's `connect` does, and E_BECOME where sudo or su refuses
 */
export async function openSession(transport: Transport, options: SessionOptions): Promise<Session> {
  const link = await transport.connect()
  const nonce = randomBytes(16).toString('hex')
  try {
    const started = await startShell(link, shellOf(options, false))
    const state = begin(options, link, transport.tripsToStart, nonce, started)
    return {
      run: (batch, onFrame) => run(state, batch, onFrame),
      spawn: (script) => spawn(state, script),
      abort: () => abort(state),
      halt: () => halt(state),
      close: () => close(state),
      get trips() {
        return state.trips
      },
    }
  } catch (error) {
    await link.close()
    throw error
  }
}

async function close({ channel, link }: State): Promise<void> {
  await channel.close()
  await link.close()
}

async function spawn(state: State, script: string): Promise<Channel> {
  const shell = { ...shellOf(state.options, state.tty), script }
  const { channel } = await startShell(state.link, shell)
  state.trips += state.tripsToStart
  return channel
}

/** See `rs_begin`: within a batch SIGTERM is a wish. */
async function halt(state: State): Promise<void> {
  if (state.pid === undefined || !state.running) return
  const channel = await spawn(state, `kill -TERM ${state.pid}`)
  channel.stdout.resume()
  channel.stderr.resume()
  await channel.closed
}

async function abort(state: State): Promise<readonly number[]> {
  if (state.pid === undefined) return []
  const channel = await spawn(state, 'exec sh')
  let said = ''
  channel.stdout.on('data', (chunk: Buffer) => {
    said += chunk
  })
  channel.stdout.resume()
  channel.stderr.resume()
  channel.stdin.end(abortScript(state.pid))
  await channel.closed
  const left = /^left(.*)$/m.exec(said)?.[1] ?? ''
  return left.split(' ').filter(Boolean).map(Number)
}
