import { randomUUID } from 'node:crypto'
import { userInfo } from 'node:os'
import type { Connection } from './connection.ts'
import { checkHostKey } from './host-key.ts'
import { identify } from './identity.ts'
import { lastWord } from './last-word.ts'
import { type Client, type ClientChannel, login } from './ssh2-promise.ts'
import type { Channel, Transport } from './transport.ts'
import { unreachable } from './unreachable.ts'

/** Between signs of life, in milliseconds; after three without an answer the connection is lost. */
const KEEPALIVE = 10_000

/** How long, in milliseconds, a connection that was told to end may take before it is cut. */
const PATIENCE = 1000

/** A host over SSH: one connection with one channel a shell. */
export function sshTransport(connection: Connection): Transport {
  return { tripsToOpen: 2, open: (command) => open(connection, command) }
}

async function open(connection: Connection, command: string): Promise<Channel> {
  const username = connection.user ?? userInfo().username
  const identity = identify(connection, username, process.env.SSH_AUTH_SOCK)
  const hostKey = checkHostKey(connection)
  let client: Client | undefined
  try {
    client = await login({
      ...target(connection, username),
      authHandler: identity.logins,
      hostVerifier: hostKey.verify,
      algorithms: { serverHostKey: hostKey.algorithms },
    })
    client.setNoDelay(true)
    return await execute(client, command)
  } catch (cause) {
    client?.end()
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

/** Listens before it lets go of the channel: a command that fails at once says so in the same packet. */
function execute(client: Client, command: string): Promise<Channel> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, stream) => (error ? reject(error) : resolve(toChannel(client, stream))))
  })
}

function toChannel(client: Client, stream: ClientChannel): Channel {
  let reason: string | undefined
  client.on('error', (error) => {
    reason = error.message
  })
  const gone = new Promise<void>((resolve) => client.once('close', () => resolve()))
  const closed = lastWord(stream, () => reason)
  return {
    stdin: stream,
    stdout: stream,
    stderr: stream.stderr,
    closed,
    close: () => close(client, stream, gone),
  }
}

async function close(client: Client, stream: ClientChannel, gone: Promise<void>): Promise<void> {
  stream.end()
  client.end()
  const timer = setTimeout(() => client.destroy(), PATIENCE)
  await gone
  clearTimeout(timer)
}
