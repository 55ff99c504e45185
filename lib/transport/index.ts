import type { Connection } from './connection.ts'
import { localTransport } from './local.ts'
import { sshTransport } from './ssh.ts'
import type { Transport } from './transport.ts'

export type { Become } from './become.ts'
export type { Connection } from './connection.ts'
export { openSession, type Session, type SessionOptions } from './session.ts'
export type { Channel, Closed, Link, Transport } from './transport.ts'

/** The way to a host that its connection asks for. */
export function transportFor(connection: Connection): Transport {
  return connection.kind === 'local' ? localTransport() : sshTransport(connection)
}
