import type { Duplex, Readable, Writable } from 'node:stream'
import SSH2Promise from 'ssh2-promise'
import type { Login } from './identity.ts'

/** What is used of ssh2's client. */
export interface Client {
  exec: (
    command: string,
    options: { pty?: object },
    done: (error: Error | undefined, stream: ClientChannel) => void,
  ) => void
  forwardOut: (
    fromAddress: string,
    fromPort: number,
    toAddress: string,
    toPort: number,
    done: (error: Error | undefined, stream: Duplex) => void,
  ) => void
  setNoDelay: (on: boolean) => void
  end: () => void
  destroy: () => void
  on: (event: 'error', listener: (error: Error) => void) => void
  once: (event: 'close', listener: () => void) => void
}

/** What is used of ssh2's channel: input and output in one stream. */
export type ClientChannel = Readable & Writable & { stderr: Readable; close: () => void }

export interface LoginOptions {
  uniqueId: string
  reconnect: false
  host: string
  port: number
  username: string
  /** All times in milliseconds. */
  readyTimeout: number
  keepaliveInterval: number
  keepaliveCountMax: number
  /** The way to the server, where it is not a socket of its own. */
  sock: Duplex | undefined
  authHandler: (left: readonly string[] | null) => Login | false
  hostVerifier: (blob: Buffer) => boolean
  algorithms: { serverHostKey: string[]; kex?: object; cipher?: object }
}

/**
 * Logs in, once. Of ssh2-promise only `connect` is used: its `exec` loses exit codes, turns a lost connection
 * into success and a warning into a failure; what it wraps has none of these faults.
 *
 * @throws the first thing that ssh2 said, since what follows only repeats that the socket is gone; undefined where
 *   the server closed the connection without a word
 */
export async function login(options: LoginOptions): Promise<Client> {
  const wrapper = new SSH2Promise(options as unknown as ConstructorParameters<typeof SSH2Promise>[0])
  let first: unknown
  wrapper.on('ssh', (_status: string, _connection: unknown, payload?: { err?: { level?: string } }) => {
    // An agent that does not answer ends nothing: the next way to log in is tried.
    if (payload?.err?.level !== 'agent') first ??= payload?.err
  })
  try {
    return ((await wrapper.connect()) as { sshConnection: Client }).sshConnection
  } catch (last) {
    throw first ?? last ?? undefined
  }
}
