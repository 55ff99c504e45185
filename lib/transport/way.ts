import type { Duplex } from 'node:stream'
import type { Connection } from './connection.ts'
import type { Reach } from './reach.ts'
import type { Client } from './ssh2-promise.ts'
import type { Target } from './target.ts'

/** How the bytes get to a server. */
export interface Way {
  /** Undefined: a socket that ssh2 opens itself. */
  sock: Duplex | undefined
  /** To be called once the connection has ended. */
  leave: () => void
}

/** A login on a server, and what to do when it has ended. */
export interface Opened {
  client: Client
  target: Target
  leave: () => void
}

export type OpenClient = (connection: Connection, reach: Reach) => Promise<Opened>
