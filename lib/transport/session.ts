import { randomBytes } from 'node:crypto'
import type { RunsheetError } from '../errors.ts'
import type { Frame } from '../shell/frames.ts'
import { prelude, renderBatch, type Step } from '../shell/prelude.ts'
import { quote } from '../shell/quote.ts'
import { connectionLost, neverAnswered } from './lost.ts'
import { follow, type Progress } from './progress.ts'
import { readFrames, type Unframed } from './read-frames.ts'
import type { Channel, Closed, Transport } from './transport.ts'

export interface SessionOptions {
  /** The host's name in the inventory, for messages. */
  host: string
  become?: { user: string } | undefined
}

/** One persistent shell on one host. */
export interface Session {
  /**
   * Runs a batch, one at a time, and gives each frame as it comes. Resolves when the target has finished.
   *
   * @throws RunsheetError E_CONNECTION_LOST when the outcome is unknown; E_BECOME or E_UNREACHABLE when sudo or
   *   the login shell ended by itself before the very first answer, so that nothing ran
   */
  run: (batch: readonly Step[], onFrame: (frame: Frame) => void) => Promise<void>
  /** Round trips so far, after login: those of opening the shell, and one a batch. */
  readonly trips: number
  /** Ends the shell and its connection; a batch that still runs is lost. */
  close: () => Promise<void>
}

interface Running {
  progress: Progress
  onFrame: (frame: Frame) => void
  /** What `onFrame` threw first: it ends the batch, but not before the target has ended it too. */
  failure?: unknown
  resolve: () => void
  reject: (error: unknown) => void
}

interface State {
  options: SessionOptions
  channel: Channel
  unframed: () => Unframed
  /** The prelude, until the first batch has taken it along. */
  unsaid: string
  trips: number
  answered: boolean
  closed: Closed | undefined
  running: Running | undefined
}

/** The command that becomes the persistent shell, as text for any login shell. */
export function shellCommand(become: { user: string } | undefined): string {
  return become ? `exec sudo -n -H -u ${quote(become.user)} -- sh` : 'exec sh'
}

/**
 * Logs in and starts the shell. The prelude rides in the first batch and costs no trip.
 *
 * @param command shell text for the login shell that becomes a POSIX sh reading its standard input
 * @throws RunsheetError as the transport's `open` does
 */
export async function openSession(
  transport: Transport,
  command: string,
  options: SessionOptions,
): Promise<Session> {
  const state = start(await transport.open(command), transport.tripsToOpen, options)
  return {
    run: (batch, onFrame) => run(state, batch, onFrame),
    close: state.channel.close,
    get trips() {
      return state.trips
    },
  }
}

function start(channel: Channel, trips: number, options: SessionOptions): State {
  const nonce = randomBytes(16).toString('hex')
  const state: State = {
    options,
    channel,
    unframed: readFrames(channel, nonce, (frame) => receive(state, frame)),
    unsaid: prelude(nonce),
    trips,
    answered: false,
    closed: undefined,
    running: undefined,
  }
  // A broken pipe says less than `closed`, which follows it.
  channel.stdin.on('error', () => {})
  channel.closed.then((closed) => end(state, closed))
  return state
}

async function run(state: State, batch: readonly Step[], onFrame: (frame: Frame) => void): Promise<void> {
  if (state.running) throw new Error('a session runs one batch at a time')
  const text = renderBatch(batch)
  const progress = follow(batch)
  if (state.closed) throw lost(state, state.closed, progress)
  await new Promise<void>((resolve, reject) => {
    state.running = { progress, onFrame, resolve, reject }
    state.channel.stdin.write(state.unsaid + text)
    state.unsaid = ''
    state.trips += 1
  })
}

function receive(state: State, frame: Frame): void {
  state.answered = true
  if (!state.running) return
  if (frame.words[0] === 'end') settle(state, state.running)
  else deliver(state.running, frame)
}

/** The marks `begin` and `idle` only help to know which step is in hand. */
function deliver(running: Running, frame: Frame): void {
  running.progress.advance(frame)
  if (frame.words[0] === 'begin' || frame.words[0] === 'idle') return
  try {
    running.onFrame(frame)
  } catch (error) {
    running.failure ??= error
  }
}

function settle(state: State, running: Running): void {
  state.running = undefined
  if (running.failure === undefined) running.resolve()
  else running.reject(running.failure)
}

function end(state: State, closed: Closed): void {
  state.closed = closed
  const { running } = state
  state.running = undefined
  running?.reject(lost(state, closed, running.progress))
}

function lost(state: State, closed: Closed, progress: Progress): RunsheetError {
  const { host, become } = state.options
  const remote = { host, command: progress.inHand(), exitCode: closed.exitCode, ...state.unframed() }
  // A login shell or sudo that refuses ends with a code; a link that breaks leaves what was sent unknown.
  const refused = !state.answered && closed.exitCode !== undefined
  return refused ? neverAnswered(remote, become) : connectionLost(remote, closed)
}
