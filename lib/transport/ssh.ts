import { randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { RunsheetError } from '../errors.ts'
import type { Connection } from './connection.ts'
import { throughHop } from './hops.ts'
import { checkHostKey } from './host-key.ts'
import { type Identity, identify, inOrder } from './identity.ts'
import { lastWord } from './last-word.ts'
import { startProxy } from './proxy-command.ts'
import type { Reach } from './reach.ts'
import { type Client, type ClientChannel, login } from './ssh2-promise.ts'
import { resolveTarget, type Target } from './target.ts'
import type { Channel, Link, StartOptions, Transport } from './transport.ts'
import { unreachable } from './unreachable.ts'
import type { Opened, Way } from './way.ts'

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

/** What sshd of the CentOS 5 era (OpenSSH 4.3) offers beside what is still common; never first. */
const LEGACY = {
  kex: {
    append: [
      'diffie-hellman-group14-sha1',
      'diffie-hellman-group-exchange-sha1',
      'diffie-hellman-group1-sha1',
    ],
  },
  cipher: { append: ['aes128-cbc', '3des-cbc'] },
}

/** A host over SSH: one connection with one channel a process. */
export function sshTransport(connection: Connection, reach: Reach): Transport {
  return { tripsToStart: 2, connect: () => connect(connection, reach) }
}

async function connect(connection: Connection, reach: Reach): Promise<Link> {
  const { client, target, leave } = await openClient(connection, reach)
  return toLink(client, target, leave)
}

/**
 * Logs in, through as many jump hosts as ssh_config wants. Every one of them shows its own key.
 *
 * @throws RunsheetError E_INVALID, E_HOST_KEY or E_UNREACHABLE
 */
async function openClient(connection: Connection, reach: Reach): Promise<Opened> {
  const target = await resolveTarget(connection)
  const password = connection.password ?? reach.password
  const identity = identify(target.keys, target.user, { password, passphrases: reach.passphrases })
  const way = await findWay(target, reach)
  try {
    const client = await loginAt(target, identity, way.sock, reach)
    client.setNoDelay(true)
    return { client, target, leave: way.leave }
  } catch (error) {
    way.leave()
    throw error
  }
}

async function findWay(target: Target, reach: Reach): Promise<Way> {
  const { jump, proxyCommand, address, port } = target
  if (proxyCommand !== undefined) return startProxy(proxyCommand)
  if (jump === undefined) return { sock: undefined, leave: () => {} }
  try {
    return await throughHop(jump, { address, port }, reach, openClient)
  } catch (error) {
    if (!(error instanceof RunsheetError)) throw unreachable(target, [], error)
    throw new RunsheetError(error.code, `on the way to ${address}: ${error.message}`, error.details)
  }
}

async function loginAt(
  target: Target,
  identity: Identity,
  sock: Duplex | undefined,
  reach: Reach,
): Promise<Client> {
  const hostKey = checkHostKey(target.known, reach, target.legacyAlgorithms)
  try {
    return await login({
      // A fresh id, since ssh2-promise would otherwise hand out another login to the same address.
      uniqueId: randomUUID(),
      reconnect: false,
      host: target.address,
      port: target.port,
      username: target.user,
      sock,
      readyTimeout: target.connectTimeout * 1000,
      keepaliveInterval: target.keepalive.interval * 1000,
      keepaliveCountMax: target.keepalive.count,
      authHandler: inOrder(identity.logins),
      hostVerifier: hostKey.verify,
      algorithms: { serverHostKey: hostKey.algorithms, ...(target.legacyAlgorithms && LEGACY) },
    })
  } catch (cause) {
    throw hostKey.refusal() ?? unreachable(target, identity.tried, cause)
  }
}

function toLink(client: Client, target: Target, leave: () => void): Link {
  let reason: string | undefined
  client.on('error', (error) => {
    reason = error.message
  })
  const gone = new Promise<void>((resolve) => client.once('close', () => resolve()))
  gone.then(leave)
  const start = async (command: string, options: StartOptions = {}) => {
    try {
      return await execute(client, command, options, () => reason)
    } catch (cause) {
      throw unreachable(target, [], cause)
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
