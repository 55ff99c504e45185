import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { type Frame, pairFrames, parseStream } from '../../../lib/shell/frames.ts'

const NONCE = '0123456789abcdef0123456789abcdef'

/** What a parser makes of a stream that arrives in these chunks. */
function parse(...chunks: (string | Uint8Array)[]) {
  const parser = parseStream(NONCE)
  const frames = chunks.flatMap((chunk) => parser.push(Buffer.from(chunk as string)))
  return {
    frames: frames.map(({ words, payload }) => [words.join(' '), payload.toString()]),
    rest: parser.rest().toString(),
  }
}

describe('a stream is cut at its marks', () => {
  test.each([
    ['a mark at the very start', [`${NONCE} begin\n`], [['begin', '']], ''],
    ['a payload without a final newline', [`text${NONCE} end\n`], [['end', 'text']], ''],
    ['a payload that ends in newlines', [`text\n\n${NONCE} end\n`], [['end', 'text\n\n']], ''],
    [
      'two marks in one chunk',
      [`a${NONCE} one\nb${NONCE} two 0\nc`],
      [
        ['one', 'a'],
        ['two 0', 'b'],
      ],
      'c',
    ],
    ['a nonce torn in two', ['a', NONCE.slice(0, 9), `${NONCE.slice(9)} end\n`], [['end', 'a']], ''],
    ['a mark torn behind the nonce', [`a${NONCE}`, ' e', 'nd', '\n'], [['end', 'a']], ''],
    [
      'what only looks like a nonce',
      [`${NONCE.slice(0, 30)}`, `x\n${NONCE} end\n`],
      [['end', `${NONCE.slice(0, 30)}x\n`]],
      '',
    ],
    ['a nonce that is no mark', [`RS=${NONCE}\n${NONCE} end\n`], [['end', `RS=${NONCE}\n`]], ''],
    ['a mark that never ends', [`a${NONCE} en`], [], `a${NONCE} en`],
    ['words that are not plain', [`${NONCE} ask a%20b%0a 0\n`], [['ask a b\n 0', '']], ''],
    ['nothing', [], [], ''],
  ])('%s', (_, chunks, frames, rest) => {
    expect(parse(...chunks)).toEqual({ frames, rest })
  })

  test('wherever the chunks end, and whatever the payload is', () => {
    const payload = fc.uint8Array({ maxLength: 40 })
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 })
    fc.assert(
      fc.property(fc.array(payload), payload, sizes, (payloads, rest, steps) => {
        const marks = payloads.flatMap((bytes, index) => [
          Buffer.from(bytes),
          Buffer.from(`${NONCE} mark ${index}\n`),
        ])
        const parser = parseStream(NONCE)
        const frames = chunked(Buffer.concat([...marks, rest]), steps).flatMap((chunk) => parser.push(chunk))
        expect(frames.map((frame) => [...frame.payload])).toEqual(payloads.map((bytes) => [...bytes]))
        expect(frames.map(({ words }) => words[1])).toEqual(payloads.map((_, index) => String(index)))
        expect([...parser.rest()]).toEqual([...rest])
      }),
    )
  })

  test('in linear time: no byte is copied again and again while its mark has not come', () => {
    const concat = vi.spyOn(Buffer, 'concat')
    const parser = parseStream(NONCE)
    const chunk = Buffer.alloc(4096, 'x')
    for (let index = 0; index < 1024; index += 1) parser.push(chunk)
    const [frame] = parser.push(Buffer.from(`${NONCE} end\n`))
    const copied = concat.mock.results.reduce((sum, { value }) => sum + (value as Buffer).length, 0)
    concat.mockRestore()
    expect(frame?.payload.length).toBe(4096 * 1024)
    expect(copied / (4096 * 1024)).toBeLessThan(3)
  })
})

describe('the two streams are paired', () => {
  const stream = (word: string, text: string) => ({ words: ['ask', word, '0'], payload: Buffer.from(text) })

  test('in the order of their marks, whichever comes first', () => {
    const frames: Frame[] = []
    const pair = pairFrames((frame) => frames.push(frame))
    pair.stderr([stream('a', 'e1'), stream('b', 'e2')])
    expect(frames).toEqual([])
    pair.stdout([stream('a', 'o1')])
    expect(frames).toEqual([{ words: ['ask', 'a', '0'], stdout: 'o1', stderr: 'e1' }])
    pair.stdout([stream('b', 'o2')])
    expect(frames[1]).toEqual({ words: ['ask', 'b', '0'], stdout: 'o2', stderr: 'e2' })
  })

  test('a character that two chunks share stays whole', () => {
    const frames: Frame[] = []
    const pair = pairFrames((frame) => frames.push(frame))
    const parser = parseStream(NONCE)
    const bytes = Buffer.from(`€😀${NONCE} end\n`)
    for (const byte of bytes) pair.stdout(parser.push(Buffer.from([byte])))
    pair.stderr([{ words: ['end'], payload: Buffer.alloc(0) }])
    expect(frames).toEqual([{ words: ['end'], stdout: '€😀', stderr: '' }])
  })
})

function chunked(whole: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = []
  for (let at = 0, turn = 0; at < whole.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1
    chunks.push(whole.subarray(at, at + size))
    at += size
  }
  return chunks
}
