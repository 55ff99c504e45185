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
  /** Ends the process's input, and the process itself where it does not end by that. */
  close: () => Promise<void>
}

export interface StartOptions {
  /**
   * Gives the process a terminal in raw mode: bytes pass unchanged, and stderr comes on stdout. For a `sudo` or
   * `su` that insists on one, and for nothing else.
   */
  tty?: boolean
}

/** One login on a host. It carries any number of processes. */
export interface Link {
  /** Starts `command`, shell text for the login shell, with its streams open. */
  start: (command: string, options?: StartOptions) => Promise<Channel>
  /** Ends the login with all that it carries. */
  close: () => Promise<void>
}

/** A way to reach a host. Everything that touches a host stands behind this interface. */
export interface Transport {
  /**
   * Logs in, each time anew.
   *
   * @throws RunsheetError E_UNREACHABLE or E_HOST_KEY, when nothing has run
   */
  connect: () => Promise<Link>
  /** Round trips after login that `start` costs: the channel and the request to run. */
  tripsToStart: number
}
