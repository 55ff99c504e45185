import type { RunsheetError } from '../errors.ts'
import { renderBatch } from '../shell/batch.ts'
import type { Frame } from '../shell/frames.ts'
import { prelude } from '../shell/prelude.ts'
import type { Step } from '../shell/step.ts'
import { TTY_FUNCTIONS } from '../shell/tty.ts'
import { type Become, type Shell, type Started, startShell, wantsTty } from './become.ts'
import { connectionLost, neverAnswered } from './lost.ts'
import { follow, type Progress } from './progress.ts'
import { readFrames, readTtyFrames, type Unframed } from './read-frames.ts'
import type { Channel, Closed, Link } from './transport.ts'

export interface SessionOptions {
  /** The host's name in the inventory, for messages. */
  host: string
  become?: Become | undefined
  /** Shell text that becomes a POSIX sh reading its standard input, where that is not `sh` itself. */
  shell?: string
}

interface Running {
  /** What was sent, for a shell that has to be started again with a terminal. */
  text: string
  progress: Progress
  onFrame: (frame: Frame) => void
  /** What `onFrame` threw first: it ends the batch, but not before the target has ended it too. */
  failure?: unknown
  resolve: () => void
  reject: (error: unknown) => void
}

/** A session from within. */
export interface State {
  options: SessionOptions
  link: Link
  /** Round trips of starting a process. */
  tripsToStart: number
  nonce: string
  channel: Channel
  tty: boolean
  unframed: () => Unframed
  /** The shell's own process id, once it has said so. */
  pid: number | undefined
  /** The prelude, until the first batch has taken it along. */
  unsaid: string
  trips: number
  answered: boolean
  closed: Closed | undefined
  running: Running | undefined
}

export function begin(
  options: SessionOptions,
  link: Link,
  tripsToStart: number,
  nonce: string,
  started: Started,
): State {
  const state: State = {
    options,
    link,
    tripsToStart,
    nonce,
    ...started,
    unframed: () => ({ stdout: '', stderr: '' }),
    pid: undefined,
    unsaid: '',
    trips: 0,
    answered: false,
    closed: undefined,
    running: undefined,
  }
  listen(state, started)
  return state
}

/** Takes a shell into use that knows nothing yet. */
function listen(state: State, { channel, tty }: Started): void {
  const read = tty ? readTtyFrames : readFrames
  Object.assign(state, { channel, tty })
  state.trips += state.tripsToStart
  state.unsaid = `${prelude(state.nonce)}${tty ? TTY_FUNCTIONS : ''}`
  state.unframed = read(channel, state.nonce, (frame) => receive(state, frame))
  // A broken pipe says less than `closed`, which follows it.
  channel.stdin.on('error', () => {})
  channel.closed.then((closed) => end(state, closed))
}

/** See `Session.run`. */
export async function run(
  state: State,
  batch: readonly Step[],
  onFrame: (frame: Frame) => void,
): Promise<void> {
  if (state.running) throw new Error('a session runs one batch at a time')
  const text = renderBatch(batch)
  const progress = follow(batch)
  if (state.closed) throw lost(state, state.closed, progress)
  await new Promise<void>((resolve, reject) => {
    state.running = { text, progress, onFrame, resolve, reject }
    send(state, text)
  })
}

function send(state: State, text: string): void {
  state.channel.stdin.write(state.unsaid + text)
  state.unsaid = ''
  state.trips += 1
}

function receive(state: State, frame: Frame): void {
  state.answered = true
  if (frame.words[0] === 'begin') state.pid = Number(frame.words[1])
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
  const { running } = state
  const error = running && lost(state, closed, running.progress)
  if (running && refused(state, closed) && !state.tty && wantsTty(error?.details.remote?.stderr)) {
    startAgain(state, running)
    return
  }
  state.closed = closed
  state.running = undefined
  running?.reject(error)
}

/** Nothing has run yet: sudo refused because it had no terminal, and so it gets one. */
function startAgain(state: State, running: Running): void {
  startShell(state.link, shellOf(state.options, true)).then(
    (started) => {
      listen(state, started)
      send(state, running.text)
    },
    (error) => {
      state.closed = { exitCode: undefined, signal: undefined, reason: 'there is no shell' }
      state.running = undefined
      running.reject(error)
    },
  )
}

/** A login shell or sudo that refuses ends with a code; a link that breaks leaves what was sent unknown. */
function refused(state: State, closed: Closed): boolean {
  return !state.answered && closed.exitCode !== undefined
}

function lost(state: State, closed: Closed, progress: Progress): RunsheetError {
  const { host, become } = state.options
  const remote = { host, command: progress.inHand(), exitCode: closed.exitCode, ...state.unframed() }
  return refused(state, closed) ? neverAnswered(remote, become) : connectionLost(remote, closed)
}

/** The shell that a session wants. */
export function shellOf({ host, become, shell }: SessionOptions, tty: boolean): Shell {
  return { host, become, script: shell, tty }
}
