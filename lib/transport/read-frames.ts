import { type Frame, pairFrames, parseStream } from '../shell/frames.ts'
import type { Channel } from './transport.ts'

/** What a channel said that no mark has ended yet. */
export interface Unframed {
  stdout: string
  stderr: string
}

/**
 * Reads both streams of a channel from now on, without pause: a stream that nobody reads would block the target.
 *
 * @returns what is left over at any moment
 */
export function readFrames(channel: Channel, nonce: string, onFrame: (frame: Frame) => void): () => Unframed {
  const stdout = parseStream(nonce)
  const stderr = parseStream(nonce)
  const pair = pairFrames(onFrame)
  channel.stdout.on('data', (chunk: Buffer) => pair.stdout(stdout.push(chunk)))
  channel.stderr.on('data', (chunk: Buffer) => pair.stderr(stderr.push(chunk)))
  return () => ({ stdout: stdout.rest().toString(), stderr: stderr.rest().toString() })
}
