/** What one step, or one stage of it, said on both streams before the mark that ended it. */
export interface Frame {
  /** The words of the mark, such as `probe 3 0`; the last one is the exit code. */
  words: string[]
  stdout: string
  stderr: string
}

/** The same of one stream. */
export interface StreamFrame {
  words: string[]
  payload: Buffer
}

/** Bytes in, frames out. */
export interface StreamParser {
  push: (chunk: Buffer) => StreamFrame[]
  /** What came after the last mark. */
  rest: () => Buffer
}

/**
 * Cuts one stream at its marks: lines `NONCE WORD…` that may follow any byte. It works on bytes, so that
 * neither binary noise nor a character torn in two between chunks can mislead it, and in linear time.
 */
export function parseStream(nonce: string): StreamParser {
  const needle = Buffer.from(`${nonce} `)
  let payload: Buffer[] = []
  let tail: Buffer = Buffer.alloc(0)

  function take(data: Buffer): StreamFrame | undefined {
    const at = data.indexOf(needle)
    const end = at === -1 ? -1 : data.indexOf('\n', at)
    // Without a mark the last bytes may be the beginning of one; with an unfinished mark, it waits whole.
    const settled = at === -1 ? Math.max(0, data.length - needle.length + 1) : at
    payload.push(data.subarray(0, settled))
    tail = data.subarray(end === -1 ? settled : end + 1)
    if (end === -1) return undefined
    const frame = { words: wordsOf(data.subarray(at + needle.length, end)), payload: Buffer.concat(payload) }
    payload = []
    return frame
  }

  function push(chunk: Buffer): StreamFrame[] {
    const frames: StreamFrame[] = []
    tail = tail.length > 0 ? Buffer.concat([tail, chunk]) : chunk
    for (let frame = take(tail); frame; frame = take(tail)) frames.push(frame)
    return frames
  }

  return { push, rest: () => Buffer.concat([...payload, tail]) }
}

/** Joins the frames of both streams: every mark stands on both, in the same order. */
export function pairFrames(onFrame: (frame: Frame) => void) {
  const waiting = { stdout: [] as StreamFrame[], stderr: [] as StreamFrame[] }

  const add = (name: keyof typeof waiting) => (frames: StreamFrame[]) => {
    waiting[name].push(...frames)
    while (waiting.stdout.length > 0 && waiting.stderr.length > 0) join()
  }

  function join(): void {
    const [one, other] = [waiting.stdout.shift() as StreamFrame, waiting.stderr.shift() as StreamFrame]
    onFrame({ words: one.words, stdout: one.payload.toString(), stderr: other.payload.toString() })
  }

  return { stdout: add('stdout'), stderr: add('stderr') }
}

function wordsOf(line: Buffer): string[] {
  return line.toString().split(' ').map(decodeURIComponent)
}
