import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { searchPath } from '../../host/run.ts'

/** A conversation with a loop in a guest: a line goes, a line comes. */
export type Stream = {
  readonly send: (line: string) => void
  readonly ended: () => boolean
  readonly close: () => void
}

/** Starts the program of a conversation; `onLine` gets each line as it comes. What it says as it fails is not kept. */
export const openStream = (argv: readonly string[], onLine: (line: string) => void): Stream => {
  const [program = '', ...args] = argv
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, PATH: searchPath() },
  })
  let over = false
  child.once('error', () => {
    over = true
  })
  child.once('close', () => {
    over = true
  })
  child.stdin.on('error', () => {}) // it may end before it has read
  createInterface({ input: child.stdout }).on('line', onLine)
  return {
    send: (line) => void child.stdin.write(`${line}\n`),
    ended: () => over,
    close: () => void child.kill('SIGKILL'),
  }
}

/** Milliseconds: how often is asked, and after how long a guest is asked anew on another connection. */
type Pace = { readonly period: number; readonly patience: number }

/** Milliseconds more for the first answer: a guest that boots has other work than a login. */
const opening = 40_000

/** Something that goes on until it is stopped. */
export type Running = { readonly stop: () => Promise<void> }

/** Repeats a step until it is stopped or throws; `stop` waits for the last one, and rejects with what it threw. */
export const repeat = (step: () => Promise<void>, end: () => void = () => {}): Running => {
  let stopped = false
  const loop = (async () => {
    while (!stopped) await step()
  })()
  loop.catch(() => {}) // a program in the middle of a fault must not end by it
  return {
    stop: async () => {
      stopped = true
      await loop.finally(end)
    },
  }
}

/**
 * Asks a guest in a steady pace, one question at a time, and tells each answer with the times between which it was
 * true. A connection that broke, or is silent for too long, is forgotten, and another one is opened.
 */
export const askSteadily = (
  argv: () => readonly string[],
  { period, patience }: Pace,
  onAnswer: (line: string, sent: number, received: number) => void,
): Running => {
  let answer: string | undefined
  let stream: Stream | undefined
  const open = (): Stream => {
    // What one says that was given up is an answer to an older question.
    const own = openStream(argv(), (line) => {
      if (stream === own) answer = line
    })
    return own
  }
  const ask = async (): Promise<void> => {
    const limit = patience + (stream ? 0 : opening)
    stream ??= open()
    const sent = Date.now()
    answer = undefined
    stream.send('tick')
    while (answer === undefined && !stream.ended() && Date.now() - sent < limit) await sleep(10)
    if (answer === undefined) {
      stream.close()
      stream = undefined
      return sleep(1000)
    }
    onAnswer(answer, sent, Date.now())
    return sleep(Math.max(0, period - (Date.now() - sent)))
  }
  return repeat(ask, () => stream?.close())
}
