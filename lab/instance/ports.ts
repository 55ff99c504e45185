import { randomInt } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { labPaths } from './paths.ts'
import { readState } from './state.ts'

// Below those that Linux gives to clients of itself (32768 and up, ip_local_port_range in ip(7)): one of them could take a
// port before its node has started.
const range = [20_000, 32_000] as const

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

const portsOf = (root: string, lab: string): number[] => {
  try {
    return Object.values(readState(labPaths(root, lab).state)?.ports ?? {})
  } catch {
    return [] // not for this lab to complain of
  }
}

/** The ports of all other labs, on or off: the copy of a lab has those of the lab that it was. */
export const portsOfOthers = (root: string, lab: string): number[] => {
  const labs = join(root, 'labs')
  if (!existsSync(labs)) return []
  return readdirSync(labs).flatMap((other) => (other === lab ? [] : portsOf(root, other)))
}

/** The wanted port of 127.0.0.1 if nobody listens there and it is not among `taken`, else any other such port. */
export const freePort = async (wanted: number | undefined, taken: readonly number[]): Promise<number> => {
  const port = wanted ?? randomInt(...range)
  return !taken.includes(port) && (await isFree(port)) ? port : freePort(undefined, taken)
}
