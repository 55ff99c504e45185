import type { Readable } from 'node:stream'
import type { RunsheetError } from '../errors.ts'
import type { Become } from './become.ts'
import { becomeFailed, ending } from './lost.ts'
import type { Channel, Closed } from './transport.ts'

/** How long, in milliseconds, sudo or su may think: a name service that does not answer slows them. */
const PATIENCE = 30_000

/** The prompt of PAM, in the C locale; sudo uses it where PAM's own is not the usual one. */
const PROMPT = /password[^\n]*:\s*$/i

/** What is waited for, and with which answer. */
export interface Asked {
  host: string
  nonce: string
  become: Become
}

const STREAMS = ['stdout', 'stderr'] as const

/** What a process has said so far on both streams; a character is a byte. */
type Heard = Record<(typeof STREAMS)[number], string>

type End = 'ready' | 'no password' | 'wrong password' | 'silence' | Closed

/**
 * Waits for `NONCE ready` on both streams, and answers one prompt for a password on the way. A second prompt says that the password
 * is wrong: it is not tried again, since accounts are locked for that.
 *
 * @returns why there is no shell, or undefined where there is one and its streams are the caller's
 */
export async function awaitReady(channel: Channel, asked: Asked): Promise<RunsheetError | undefined> {
  const heard: Heard = { stdout: '', stderr: '' }
  const end = await listen(channel, asked, heard)
  if (end === 'ready') return undefined
  return refusal(asked, heard, end)
}

function listen(channel: Channel, { nonce, become }: Asked, heard: Heard): Promise<End> {
  const ready = new RegExp(`${nonce} ready\r?\n`, 'g')
  let answered = false
  return new Promise((resolve) => {
    const timer = setTimeout(() => settle('silence'), PATIENCE)
    const listeners = STREAMS.map((name) => {
      const listener = (chunk: Buffer) => hear(name, chunk.toString('latin1'))
      channel[name].on('data', listener).resume()
      return { name, listener }
    })
    channel.closed.then(settle)

    function hear(name: keyof Heard, text: string): void {
      heard[name] += text
      // Once on each stream; a terminal has them both on one.
      const times = STREAMS.map((one) => heard[one].match(ready)?.length ?? 0)
      if (times.reduce((sum, one) => sum + one) === 2) settle('ready')
      else if (PROMPT.test(heard[name])) answer(name)
    }

    function answer(name: keyof Heard): void {
      if (become.password === undefined || answered) {
        settle(answered ? 'wrong password' : 'no password')
        return
      }
      answered = true
      // What was asked must not be taken for a second question.
      heard[name] = heard[name].replace(PROMPT, '')
      channel.stdin.write(`${become.password.reveal()}\n`)
    }

    function settle(end: End): void {
      clearTimeout(timer)
      for (const { name, listener } of listeners) release(channel[name], listener, heard[name].split(ready))
      listeners.length = 0
      resolve(end)
    }
  })
}

/** Whoever reads next gets what came after the last mark, and misses nothing that comes in between. */
function release(stream: Readable, listener: (chunk: Buffer) => void, said: readonly string[]): void {
  stream.off('data', listener).pause()
  const rest = said.length > 1 ? said.at(-1) : ''
  if (rest) stream.unshift(Buffer.from(rest, 'latin1'))
}

function refusal({ host, become, nonce }: Asked, heard: Heard, end: End): RunsheetError {
  const bytes = Buffer.from(`${heard.stdout}${heard.stderr}`, 'latin1')
  const stderr = bytes.toString().replaceAll(nonce, become.method).trim()
  const exitCode = typeof end === 'string' ? undefined : end.exitCode
  const why = typeof end === 'string' ? REASONS[end] : stderr || ending(end)
  return becomeFailed({ host, command: become.method, exitCode, stdout: '', stderr }, become, why)
}

const REASONS = {
  ready: '',
  'no password': 'it asks for a password, and there is none',
  'wrong password': 'the password is wrong; it was tried once',
  silence: `it neither asked nor began within ${PATIENCE / 1000} s`,
}
