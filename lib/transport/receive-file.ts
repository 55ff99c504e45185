import { createHash, randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ENVIRONMENT } from '../shell/prelude.ts'
import type { Transferred } from './send-file.ts'
import type { Session } from './session.ts'

/**
 * Takes a file from a script on the target; see `Download`. It has its name only when all of it is there and has the
 * SHA-256 that the target told, and it is never in memory as a whole.
 *
 * @throws RunsheetError as `spawn` does
 */
export async function receiveFile(
  session: Session,
  { file, send }: { file: string; send: string },
): Promise<Transferred> {
  const part = `${file}.${randomBytes(4).toString('hex')}.part`
  const unready = await outcome(mkdir(dirname(file), { recursive: true }))
  if (unready) return { closed: NOT_STARTED, stdout: '', stderr: '', local: unready.message }
  const channel = await session.spawn(`${ENVIRONMENT}${send}`)
  channel.stdin.on('error', () => {}).end()
  let stderr = ''
  channel.stderr.on('data', (chunk: Buffer) => {
    stderr = `${stderr}${chunk}`.slice(-65_536)
  })
  const frame = { end: '', sum: '' }
  const broken = await outcome(
    pipeline(
      channel.stdout,
      (source: AsyncIterable<Buffer>) => content(source, frame),
      createWriteStream(part, { flags: 'wx', mode: 0o600 }),
    ),
  )
  if (broken) await channel.close()
  const closed = await channel.closed
  const whole = !broken && closed.exitCode === 0
  const kept = whole && frame.end === `${frame.sum}\n` ? await outcome(rename(part, file)) : broken
  await outcome(rm(part, { force: true }))
  // An error without a system call is a stream that ended: how the process ended says more.
  if (kept?.syscall !== undefined) return { closed, stdout: '', stderr, local: kept.message }
  return { closed, stdout: '', stderr, local: whole && frame.end !== `${frame.sum}\n` ? MISMATCH : undefined }
}

const NOT_STARTED = { exitCode: undefined, signal: undefined, reason: undefined }

const MISMATCH = 'what has arrived has another SHA-256 than the host told'

/** Lets the bytes between the first and the last line pass, and sums them up. */
async function* content(source: AsyncIterable<Buffer>, frame: { end: string; sum: string }) {
  const hash = createHash('sha256')
  let head: string | undefined = ''
  let left = 0
  for await (let chunk of source) {
    if (head !== undefined) {
      const end = chunk.indexOf('\n')
      head += chunk.toString('latin1', 0, end === -1 ? chunk.length : end)
      if (end === -1) continue
      left = Number(head)
      head = undefined
      chunk = chunk.subarray(end + 1)
    }
    const own = chunk.subarray(0, left)
    left -= own.length
    hash.update(own)
    if (own.length > 0) yield own
    frame.end = `${frame.end}${chunk.toString('latin1', own.length)}`.slice(0, 128)
  }
  frame.sum = hash.digest('hex')
}

/** @returns the error, if there is one */
function outcome(attempt: Promise<unknown>): Promise<NodeJS.ErrnoException | undefined> {
  return attempt.then(
    () => undefined,
    (error) => error,
  )
}
