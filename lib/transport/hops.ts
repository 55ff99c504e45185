import type { Connection } from './connection.ts'
import type { Reach } from './reach.ts'
import type { Client } from './ssh2-promise.ts'
import type { OpenClient, Opened, Way } from './way.ts'

/** One login on a jump host: servers ban those who log in once for every host behind them (PerSourcePenalties). */
export interface Hop {
  opened: Promise<Opened>
  /** How many hosts behind it use it now. */
  users: number
}

/**
 * A stream to a server through a jump host, on a login that others may share.
 *
 * @param openClient logs in on the jump host
 * @throws RunsheetError as `openClient` does for the jump host, and Error where it cannot reach the server
 */
export async function throughHop(
  jump: Connection,
  to: { address: string; port: number },
  reach: Reach,
  openClient: OpenClient,
): Promise<Way> {
  const key = JSON.stringify(jump)
  const hop = reach.hops.get(key) ?? openHop(openClient(jump, reach), key, reach)
  hop.users += 1
  const leave = once(() => release(hop, key, reach))
  try {
    const { client } = await hop.opened
    const sock = await forward(client, to)
    return { sock, leave }
  } catch (error) {
    leave()
    throw error
  }
}

function openHop(opened: Promise<Opened>, key: string, reach: Reach): Hop {
  const hop: Hop = { opened, users: 0 }
  reach.hops.set(key, hop)
  hop.opened.then(
    ({ client, leave }) => {
      // What breaks is told by those behind it, who lose their connections by it.
      client.on('error', () => {})
      client.once('close', () => {
        forget(hop, key, reach)
        leave()
      })
    },
    () => forget(hop, key, reach),
  )
  return hop
}

function forward(client: Client, { address, port }: { address: string; port: number }) {
  return new Promise<Way['sock']>((resolve, reject) => {
    client.forwardOut('127.0.0.1', 0, address, port, (error, stream) =>
      error ? reject(error) : resolve(stream),
    )
  })
}

function release(hop: Hop, key: string, reach: Reach): void {
  hop.users -= 1
  if (hop.users > 0) return
  forget(hop, key, reach)
  hop.opened.then(({ client }) => client.end()).catch(() => {})
}

/** The next host logs in anew. */
function forget(hop: Hop, key: string, reach: Reach): void {
  if (reach.hops.get(key) === hop) reach.hops.delete(key)
}

function once(action: () => void): () => void {
  let done = false
  return () => {
    if (!done) action()
    done = true
  }
}
