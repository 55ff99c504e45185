import { connect, createServer, type Socket } from 'node:net'

/** A link to a local server that is as slow as a far one, and that can be cut. */
export interface Link {
  port: number
  /** Breaks every connection, as a pulled cable with a reset behind it. */
  cut: () => void
  /** How many bytes went to the server. */
  sent: () => number
  stop: () => Promise<void>
}

/**
 * @param delay milliseconds that every byte takes, each way
 * @param host the server's address
 */
export async function startLink(target: number, delay = 0, host = '127.0.0.1'): Promise<Link> {
  const sockets = new Set<Socket>()
  let sent = 0
  const server = createServer((near) => {
    const far = connect({ port: target, host, noDelay: true })
    for (const socket of [near, far]) sockets.add(socket.setNoDelay(true).on('error', () => {}))
    near.on('data', (chunk: Buffer) => {
      sent += chunk.length
    })
    carry(near, far, delay)
    carry(far, near, delay)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  const stop = () => {
    cut()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return { port, cut, sent: () => sent, stop }
}

function carry(from: Socket, to: Socket, delay: number): void {
  from.on('data', (chunk) => setTimeout(() => to.destroyed || to.write(chunk), delay))
  from.on('close', () => setTimeout(() => to.destroy(), delay))
}
