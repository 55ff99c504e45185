import type { Readable, Writable } from 'node:stream'

/** How a channel ended. Without a code the outcome of whatever ran is unknown. */
export interface Closed {
  exitCode: number | undefined
  signal: string | undefined
  /** What the connection said when it broke, for people. */
  reason: string | undefined
}

/** One remote process with its three streams. */
export interface Channel {
  stdin: Writable
  stdout: Readable
  stderr: Readable
  /** Resolves when the process or the connection has ended; never rejects. */
  closed: Promise<Closed>
  /** Ends the process's input and the connection behind it. */
  close: () => Promise<void>
}

/** A way to reach a host. Everything that touches a host stands behind this interface. */
export interface Transport {
  /** Logs in and starts `command` (shell text for the login shell) with its streams open. */
  open: (command: string) => Promise<Channel>
  /** Round trips after login that `open` itself costs: the channel and the request to run. */
  tripsToOpen: number
}
