import type { Connection } from './connection.ts'
import { dockerTransport } from './docker.ts'
import { localTransport } from './local.ts'
import { newReach, type Reach } from './reach.ts'
import { openSession, type Session } from './session.ts'
import { sshTransport } from './ssh.ts'
import { sshCliTransport } from './ssh-cli.ts'
import type { Transport } from './transport.ts'

export type { Become } from './become.ts'
export type { Connection } from './connection.ts'
export { newReach, type Reach } from './reach.ts'
export { openSession, type Session, type SessionOptions } from './session.ts'
export { sshOptions } from './ssh-config.ts'
export { waysProblems } from './target.ts'
export type { Channel, Closed, Link, Transport } from './transport.ts'
export { unlockKeys } from './unlock.ts'

/** The way to a host that its connection asks for. */
export function transportFor(connection: Connection, reach: Reach = newReach()): Transport {
  switch (connection.kind) {
    case 'local':
      return localTransport()
    case 'docker':
      return dockerTransport(connection)
    case 'ssh-cli':
      return sshCliTransport(connection, reach)
    case 'ssh':
      return sshTransport(connection, reach)
  }
}

/**
 * Opens a session as the inventory wants it. After a loss the same call opens the next one.
 *
 * @param host the name in the inventory, for messages
 */
export function openHost(host: string, connection: Connection, reach: Reach): Promise<Session> {
  const { become } = connection
  const password = become?.password ?? reach.becomePassword
  return openSession(transportFor(connection, reach), { host, become: become && { ...become, password } })
}
