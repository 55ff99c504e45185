import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Note } from '../ledger/judge.ts'
import { openStream, type Running, repeat, type Stream } from './stream.ts'

/** A writer of the ledger, with its notes as they grow. */
export type Writer = Running & { readonly attempted: readonly Note[]; readonly acked: readonly Note[] }

/** An id that was acknowledged, and the node that did it. */
type Acknowledged = { readonly id: number; readonly node: string }

/** How a writer writes one id, and which id an answer acknowledges. */
export type Way = {
  /** The program that takes it now; undefined where nobody does. Another program is another connection. */
  readonly argv: () => readonly string[] | undefined
  readonly line: (id: number) => string
  readonly acknowledged: (answer: string) => Acknowledged | undefined
}

/** Milliseconds: between two writes, and until one without an answer is given up and the next one is tried. */
const pace = { period: 200, patience: 4000 }

// Another program is another connection; one that has ended is opened anew.
const keepStreams = (onLine: (line: string) => void) => {
  const streams = new Map<string, Stream>()
  const of = (argv: readonly string[]): Stream => {
    const key = argv.join('\0')
    const known = streams.get(key)
    if (known && !known.ended()) return known
    const fresh = openStream(argv, onLine)
    streams.set(key, fresh)
    return fresh
  }
  return { of, close: () => [...streams.values()].forEach((stream) => void stream.close()) }
}

/**
 * Writes ids in their order, one at a time. Each attempt is noted in the file before it is made, each acknowledgement
 * as it comes; an answer that comes late still counts.
 */
export const startWriter = (way: Way, first: number, file: string): Writer => {
  const attempted: Note[] = []
  const acked: Note[] = []
  const note = (list: Note[], word: string, id: number, node?: string): void => {
    list.push({ id, at: Date.now(), ...(node && { node }) })
    appendFileSync(file, `${[word, id, Date.now(), node ?? ''].join(' ').trimEnd()}\n`)
  }
  let answered = false
  const streams = keepStreams((answer) => {
    answered = true
    const said = way.acknowledged(answer)
    if (said) note(acked, 'acked', said.id, said.node)
  })
  let next = first
  const write = async (argv: readonly string[], began: number): Promise<void> => {
    const stream = streams.of(argv)
    const id = next
    next += 1
    note(attempted, 'attempted', id)
    answered = false
    stream.send(way.line(id))
    // A refusal ends the wait, too: what is measured is when it is taken again.
    while (!answered && !stream.ended() && Date.now() - began < pace.patience) await sleep(10)
    if (stream.ended()) await sleep(500)
  }
  const running = repeat(async () => {
    const began = Date.now()
    const argv = way.argv()
    if (argv) await write(argv, began)
    await sleep(Math.max(0, pace.period - (Date.now() - began)))
  }, streams.close)
  return { ...running, attempted, acked }
}

const acknowledgedBy =
  (pattern: RegExp) =>
  (answer: string): Acknowledged | undefined => {
    const [, id, node = ''] = pattern.exec(answer) ?? []
    return id === undefined ? undefined : { id: Number(id), node }
  }

/** What a database gives back after the COMMIT. Pure. */
export const acknowledgedRow = acknowledgedBy(/^(\d+)\t(\S+)$/)

/** What the file writer gives back after the fsync. Pure. */
export const acknowledgedFile = acknowledgedBy(/^ok (\d+) (\S+)$/)
