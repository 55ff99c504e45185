import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { ENVIRONMENT } from '../shell/prelude.ts'
import type { Session } from './session.ts'
import type { Channel, Closed } from './transport.ts'

/** What came of a transfer. */
export interface Transferred {
  closed: Closed
  stdout: string
  stderr: string
  /** What went wrong on the controller. */
  local?: string | undefined
}

/** How much of what a script says is kept, in characters. */
const KEPT = 65_536

/**
 * Sends a file to a script on the target, from the byte on that the script asks for; see `Upload`. The file is never in
 * memory as a whole.
 *
 * @throws RunsheetError as `spawn` does
 */
export async function sendFile(
  session: Session,
  { file, size, receive }: { file: string; size: number; receive: string },
): Promise<Transferred> {
  const channel = await session.spawn(`${ENVIRONMENT}${receive}`)
  const said = listen(channel)
  channel.stdin.on('error', () => {}) // The end of the process tells more.
  const [, at] = /^at (\d+)$/.exec((await said.firstLine) ?? '') ?? []
  const local = at === undefined ? undefined : await pour(channel, file, size, Number(at))
  channel.stdin.end()
  const closed = await channel.closed
  return { closed, stdout: said.stdout(), stderr: said.stderr(), local }
}

/** @returns why the file could not be read */
async function pour(channel: Channel, file: string, size: number, at: number): Promise<string | undefined> {
  const start = at > size ? 0 : at
  channel.stdin.write(`${start < at ? 'anew' : 'append'} ${size - start}\n`)
  if (start === size) return undefined
  const ended = new AbortController()
  channel.closed.then(() => ended.abort())
  const source = createReadStream(file, { start, end: size - 1, highWaterMark: 256 * 1024 })
  let problem: string | undefined
  source.on('error', (error: NodeJS.ErrnoException) => {
    if (error.syscall !== undefined) problem = error.message
  })
  await pipeline(source, channel.stdin, { signal: ended.signal }).catch(() => {})
  return problem
}

function listen(channel: Channel) {
  let stdout = ''
  let stderr = ''
  channel.stderr.on('data', (chunk: Buffer) => {
    stderr = `${stderr}${chunk}`.slice(-KEPT)
  })
  const firstLine = new Promise<string | undefined>((resolve) => {
    channel.stdout.on('data', (chunk: Buffer) => {
      stdout = `${stdout}${chunk}`.slice(-KEPT)
      if (stdout.includes('\n')) resolve(stdout.slice(0, stdout.indexOf('\n')))
    })
    channel.closed.then(() => resolve(undefined))
  })
  return { firstLine, stdout: () => stdout, stderr: () => stderr }
}
