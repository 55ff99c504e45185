import { RunsheetError } from '../errors.ts'
import { startCommand } from './command-line.ts'
import type { Connection } from './connection.ts'
import { closeAll, keep } from './local.ts'
import type { Channel, StartOptions, Transport } from './transport.ts'

/** A container of the Docker that the `docker` command reaches (DOCKER_HOST), without a network of its own. */
export function dockerTransport({ address, user }: Connection): Transport {
  return {
    tripsToStart: 0,
    connect: async () => {
      const channels = new Set<Channel>()
      const start = async (command: string, { tty = false }: StartOptions = {}) => {
        if (tty) throw unreachable(address, 'docker exec has no terminal for a sudo that wants one')
        const as = user === undefined ? [] : ['--user', user]
        const channel = await startCommand('docker', (mark) => [
          'exec',
          '--interactive',
          ...as,
          '--',
          address,
          'sh',
          '-c',
          `${mark}; ${command}`,
        ])
        if (typeof channel === 'string') throw unreachable(address, channel)
        return keep(channels, trusted(channel))
      }
      return { start, close: () => closeAll(channels) }
    },
  }
}

/** A docker that loses its daemon ends with a code, too, which is none of the process. */
function trusted(channel: Channel): Channel {
  const closed = channel.closed.then((end) =>
    end.exitCode === 0
      ? end
      : { ...end, exitCode: undefined, reason: `docker exec ended with ${end.exitCode}` },
  )
  return { ...channel, closed }
}

function unreachable(container: string, why: string): RunsheetError {
  return new RunsheetError('E_UNREACHABLE', `container ${container}: ${why}`, {
    radius: 'host',
    hint: `Check ansible_host in the inventory, and: docker exec ${container} true`,
  })
}
