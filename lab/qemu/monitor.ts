import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { LabError } from '../errors.ts'

/** A command of QEMU's machine protocol (QMP). */
export type Command = { readonly execute: string; readonly arguments?: Readonly<Record<string, unknown>> }

type Reply = { readonly return?: unknown; readonly error?: { readonly desc: string } }

const timeout = 120_000

const open = (socket: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const stream = connect(socket)
    stream.once('connect', () => resolve(stream))
    stream.once('error', (cause) =>
      reject(new LabError(`no answer from QEMU at ${socket}: ${cause.message}`)),
    )
    stream.setTimeout(timeout, () => stream.destroy(new Error(`QEMU was silent for ${timeout / 1000} s`)))
  })

// Events come between replies, and the greeting before them: a reply is what has `return` or `error`.
async function* replies(stream: Socket): AsyncGenerator<Reply> {
  for await (const line of createInterface({ input: stream })) {
    const message = JSON.parse(line) as Reply
    if ('return' in message || 'error' in message) yield message
  }
}

const ask = async (stream: Socket, incoming: AsyncGenerator<Reply>, command: Command): Promise<unknown> => {
  stream.write(`${JSON.stringify(command)}\n`)
  const { value } = await incoming.next()
  if (value?.error) throw new LabError(`QEMU refused ${command.execute}: ${value.error.desc}`)
  // `quit` ends QEMU, at times before its reply is out.
  if (!value && command.execute !== 'quit') throw new LabError(`QEMU ended while it did ${command.execute}`)
  return value?.return
}

/** Sends commands to a machine, one after the other; gives the last reply. Throws LabError at the first refusal. */
export const monitor = async (socket: string, ...commands: readonly Command[]): Promise<unknown> => {
  const stream = await open(socket)
  const failed = new Promise<never>((_, reject) =>
    stream.on('error', (cause) => reject(new LabError(`QEMU at ${socket}: ${cause.message}`))),
  )
  const talk = async () => {
    const incoming = replies(stream)
    let last: unknown
    for (const command of [{ execute: 'qmp_capabilities' }, ...commands])
      last = await ask(stream, incoming, command)
    return last
  }
  return Promise.race([talk(), failed]).finally(() => stream.destroy())
}
