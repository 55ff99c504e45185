import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Note } from '../ledger/judge.ts'
import { openStream, type Running, repeat, type Stream } from './stream.ts'

/** A writer of the ledger, with its notes as they grow. */
export type Writer = Running & { readonly attempted: readonly Note[]; readonly acked: readonly Note[] }

/** How a writer writes one id, and which id an answer acknowledges. */
export type Way = {
  /** The program that takes it now; undefined where nobody does. Another program is another connection. */
  readonly argv: () => readonly string[] | undefined
  readonly line: (id: number) => string
  readonly acknowledged: (answer: string) => number | undefined
}

/** Milliseconds: between two writes, and until one without an answer is given up and the next one is tried. */
const pace = { period: 200, patience: 4000 }

/**
 * Writes ids in their order, one at a time. Each attempt is noted in the file before it is made, each acknowledgement
 * as it comes; an answer that comes late still counts.
 */
export const startWriter = (way: Way, first: number, file: string): Writer => {
  const attempted: Note[] = []
  const acked: Note[] = []
  const streams = new Map<string, Stream>()
  const note = (list: Note[], word: string, id: number): void => {
    list.push({ id, at: Date.now() })
    appendFileSync(file, `${word} ${id} ${Date.now()}\n`)
  }
  const listen = (answer: string): void => {
    const id = way.acknowledged(answer)
    if (id !== undefined) note(acked, 'acked', id)
  }
  const streamOf = (argv: readonly string[]): Stream => {
    const key = argv.join('\0')
    const known = streams.get(key)
    if (known && !known.ended()) return known
    const fresh = openStream(argv, listen)
    streams.set(key, fresh)
    return fresh
  }
  let next = first
  const running = repeat(
    async () => {
      const argv = way.argv()
      const began = Date.now()
      if (argv) {
        const stream = streamOf(argv)
        const id = next
        next += 1
        note(attempted, 'attempted', id)
        stream.send(way.line(id))
        while (acked.at(-1)?.id !== id && !stream.ended() && Date.now() - began < pace.patience)
          await sleep(10)
        if (stream.ended()) await sleep(500)
      }
      await sleep(Math.max(0, pace.period - (Date.now() - began)))
    },
    () => {
      for (const stream of streams.values()) stream.close()
    },
  )
  return { ...running, attempted, acked }
}

/** The id that a database gives back after the COMMIT. Pure. */
export const acknowledgedRow = (answer: string): number | undefined =>
  /^\d+$/.test(answer) ? Number(answer) : undefined

/** The id that the file writer gives back after the fsync. Pure. */
export const acknowledgedFile = (answer: string): number | undefined => {
  const id = /^ok (\d+)$/.exec(answer)?.[1]
  return id === undefined ? undefined : Number(id)
}
