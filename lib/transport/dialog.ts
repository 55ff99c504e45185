import type { Readable } from 'node:stream'
import type { Secret } from '../secret.ts'
import type { Channel, Closed } from './transport.ts'

/** How long, in seconds, a process may think before it is ready: a name service that does not answer slows sudo. */
export const PATIENCE = 30

/** The prompt of PAM, in the C locale; sudo uses it where PAM's own is not the usual one. */
const PROMPT = /password[^\n]*:\s*$/i

const STREAMS = ['stdout', 'stderr'] as const

/** What a process has said so far on both streams; a character is a byte. */
type Heard = Record<(typeof STREAMS)[number], string>

/** What is waited for, and with which answer. */
export interface Wait {
  nonce: string
  /** How many marks `NONCE ready` say that the process is there. */
  marks: 1 | 2
  password: Secret | undefined
}

/** What became of it, and what the process has said. */
export interface Answered {
  end: 'ready' | 'no password' | 'wrong password' | 'silence' | Closed
  said: string
}

/**
 * Waits until a process says `NONCE ready`, and answers one prompt for a password on the way. A second prompt says
 * that the password is wrong: it is not tried again, since accounts are locked for that. Once it is ready, the streams
 * are the caller's, paused.
 */
export async function awaitReady(channel: Channel, { nonce, marks, password }: Wait): Promise<Answered> {
  const heard: Heard = { stdout: '', stderr: '' }
  const ready = new RegExp(`${nonce} ready\\r?\\n`, 'g')
  const end = await listen()
  const bytes = Buffer.from(`${heard.stdout}${heard.stderr}`, 'latin1')
  return { end, said: bytes.toString().replaceAll(nonce, '').trim() }

  function listen(): Promise<Answered['end']> {
    let answered = false
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle('silence'), PATIENCE * 1000)
      const listeners = STREAMS.map((name) => {
        const listener = (chunk: Buffer) => hear(name, chunk.toString('latin1'))
        channel[name].on('data', listener).resume()
        return { name, listener }
      })
      channel.closed.then(settle)

      function hear(name: keyof Heard, text: string): void {
        heard[name] += text
        // A terminal has the marks of both streams on one.
        const times = STREAMS.map((one) => heard[one].match(ready)?.length ?? 0)
        if (times.reduce((sum, one) => sum + one) === marks) settle('ready')
        else if (PROMPT.test(heard[name])) answer(name)
      }

      function answer(name: keyof Heard): void {
        if (password === undefined || answered) {
          settle(answered ? 'wrong password' : 'no password')
          return
        }
        answered = true
        // What was asked must not be taken for a second question.
        heard[name] = heard[name].replace(PROMPT, '')
        channel.stdin.write(`${password.reveal()}\n`)
      }

      function settle(end: Answered['end']): void {
        clearTimeout(timer)
        for (const { name, listener } of listeners) release(channel[name], listener, heard[name].split(ready))
        listeners.length = 0
        resolve(end)
      }
    })
  }
}

/** Whoever reads next gets what came after the last mark, and misses nothing that comes in between. */
function release(stream: Readable, listener: (chunk: Buffer) => void, said: readonly string[]): void {
  stream.off('data', listener).pause()
  const rest = said.length > 1 ? said.at(-1) : ''
  if (rest) stream.unshift(Buffer.from(rest, 'latin1'))
}
