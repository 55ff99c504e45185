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
  channel.stdout.on('data', (chunk: Buffer) => pair.stdout(stdout.push(chunk))).resume()
  channel.stderr.on('data', (chunk: Buffer) => pair.stderr(stderr.push(chunk))).resume()
  return () => ({ stdout: stdout.rest().toString(), stderr: stderr.rest().toString() })
}

/**
 * The same of a shell on a terminal, where every mark stands twice on one stream: what comes before the first is
 * stdout, what comes between the two is stderr. See `TTY_FUNCTIONS`.
 */
export function readTtyFrames(
  channel: Channel,
  nonce: string,
  onFrame: (frame: Frame) => void,
): () => Unframed {
  const stream = parseStream(nonce)
  const pair = pairFrames(onFrame)
  let side: 'stdout' | 'stderr' = 'stdout'
  channel.stdout
    .on('data', (chunk: Buffer) => {
      for (const frame of stream.push(chunk)) {
        pair[side]([frame])
        side = side === 'stdout' ? 'stderr' : 'stdout'
      }
    })
    .resume()
  channel.stderr.resume()
  return () => ({ stdout: '', stderr: '', [side]: stream.rest().toString() })
}
