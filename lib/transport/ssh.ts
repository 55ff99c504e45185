import { randomUUID } from 'node:crypto'
import { userInfo } from 'node:os'
import type { Connection } from './connection.ts'
import { checkHostKey } from './host-key.ts'
import { identify } from './identity.ts'
import { lastWord } from './last-word.ts'
import { type Client, type ClientChannel, login } from './ssh2-promise.ts'
import type { Channel, Link, StartOptions, Transport } from './transport.ts'
import { unreachable } from './unreachable.ts'

/** Between signs of life, in milliseconds; after three without an answer the connection is lost. */
const KEEPALIVE = 10_000

/** How long, in milliseconds, a connection that was told to end may take before it is cut. */
const PATIENCE = 1000

/**
 * A terminal that changes no byte and gives none back: encoded terminal modes of RFC 4254, section 8. There are no
 * signals from characters and no flow control either.
 */
const OFF = [
  'ECHO',
  'ICANON',
  'IEXTEN',
  'ISIG',
  'IXON',
  'IXOFF',
  'ICRNL',
  'INLCR',
  'IGNCR',
  'ISTRIP',
  'OPOST',
]
const RAW = { term: 'dumb', modes: Object.fromEntries(OFF.map((mode) => [mode, 0])) }

/** A host over SSH: one connection with one channel a process. */
export function sshTransport(connection: Connection): Transport {
  return { tripsToStart: 2, connect: () => connect(connection) }
}

async function connect(connection: Connection): Promise<Link> {
  const username = connection.user ?? userInfo().username
  const identity = identify(connection, username, process.env.SSH_AUTH_SOCK)
  const hostKey = checkHostKey(connection)
  try {
    const client = await login({
      ...target(connection, username),
      authHandler: identity.logins,
      hostVerifier: hostKey.verify,
      algorithms: { serverHostKey: hostKey.algorithms },
    })
    client.setNoDelay(true)
    return toLink(client, connection, username)
  } catch (cause) {
    throw hostKey.refusal() ?? unreachable(connection, username, identity.tried, cause)
  }
}

/** A fresh id, since ssh2-promise would otherwise hand out another login to the same address. */
function target({ address, port, connectTimeout }: Connection, username: string) {
  return {
    uniqueId: randomUUID(),
    reconnect: false as const,
    host: address,
    port,
    username,
    readyTimeout: connectTimeout * 1000,
    keepaliveInterval: KEEPALIVE,
    keepaliveCountMax: 3,
  }
}

function toLink(client: Client, connection: Connection, username: string): Link {
  let reason: string | undefined
  client.on('error', (error) => {
    reason = error.message
  })
  const gone = new Promise<void>((resolve) => client.once('close', () => resolve()))
  const start = async (command: string, options: StartOptions = {}) => {
    try {
      return await execute(client, command, options, () => reason)
    } catch (cause) {
      throw unreachable(connection, username, [], cause)
    }
  }
  return { start, close: () => close(client, gone) }
}

/** Listens before it lets go of the channel: a command that fails at once says so in the same packet. */
function execute(
  client: Client,
  command: string,
  { tty = false }: StartOptions,
  reason: () => string | undefined,
): Promise<Channel> {
  return new Promise((resolve, reject) => {
    client.exec(command, tty ? { pty: RAW } : {}, (error, stream) =>
      error ? reject(error) : resolve(toChannel(stream, reason)),
    )
  })
}

function toChannel(stream: ClientChannel, reason: () => string | undefined): Channel {
  const closed = lastWord(stream, reason)
  return {
    stdin: stream,
    stdout: stream,
    stderr: stream.stderr,
    closed,
    close: () => endChannel(stream, closed),
  }
}

/** A process that does not end by its input's end is let go: its channel is closed, and sshd hangs up on it. */
async function endChannel(stream: ClientChannel, closed: Promise<unknown>): Promise<void> {
  stream.end()
  const timer = setTimeout(() => stream.close(), PATIENCE)
  await closed
  clearTimeout(timer)
}

async function close(client: Client, gone: Promise<void>): Promise<void> {
  client.end()
  const timer = setTimeout(() => client.destroy(), PATIENCE)
  await gone
  clearTimeout(timer)
}
