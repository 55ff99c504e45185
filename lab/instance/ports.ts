import { createServer } from 'node:net'

const listen = (port: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined))
    })
  })

/** The wanted port of 127.0.0.1 if nobody listens there, else any that is free and not among `taken`. */
export const freePort = async (wanted: number | undefined, taken: readonly number[]): Promise<number> => {
  const port = (wanted && (await listen(wanted))) || (await listen(0))
  return port === undefined || taken.includes(port) ? freePort(undefined, taken) : port
}
