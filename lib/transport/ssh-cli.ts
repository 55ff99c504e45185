import { RunsheetError } from '../errors.ts'
import { startCommand } from './command-line.ts'
import type { Connection } from './connection.ts'
import { closeAll, keep } from './local.ts'
import type { Reach } from './reach.ts'
import { sshWords } from './ssh-config.ts'
import type { Channel, StartOptions, Transport } from './transport.ts'

/**
 * A host over the system's own ssh, one of its processes for each of ours: for what ssh2 does not know, such as
 * certificates, FIDO keys and Kerberos. It asks nobody anything (BatchMode).
 */
export function sshCliTransport(connection: Connection, reach: Reach): Transport {
  return {
    tripsToStart: 2,
    connect: async () => {
      const channels = new Set<Channel>()
      const start = async (command: string, options: StartOptions = {}) => {
        const channel = await startCommand('ssh', (mark) => words(connection, reach, command, options, mark))
        if (typeof channel !== 'string') return keep(channels, trusted(channel))
        throw failed(connection, channel)
      }
      return { start, close: () => closeAll(channels) }
    },
  }
}

/** The first value of an option counts, and so ours come last; but nobody could answer a question. */
function words(
  connection: Connection,
  { acceptNew }: Reach,
  command: string,
  { tty = false }: StartOptions,
  mark: string,
): string[] {
  const options = [
    `ConnectTimeout=${Math.ceil(connection.connectTimeout)}`,
    'ServerAliveInterval=10',
    'ServerAliveCountMax=3',
    `StrictHostKeyChecking=${acceptNew ? 'accept-new' : 'yes'}`,
  ]
  return [
    tty ? '-tt' : '-T',
    '-o',
    'BatchMode=yes',
    ...sshWords(connection),
    ...options.flatMap((option) => ['-o', option]),
    '--',
    connection.address,
    `${tty ? 'stty raw -echo; ' : ''}${mark}; ${command}`,
  ]
}

/** ssh says 255 both for itself and for a command that does; what ran is unknown then. */
function trusted(channel: Channel): Channel {
  const closed = channel.closed.then((end) =>
    end.exitCode === 255 ? { ...end, exitCode: undefined, reason: 'ssh ended with exit code 255' } : end,
  )
  return { ...channel, closed }
}

function failed({ address, connectTimeout }: Connection, said: string): RunsheetError {
  const key = /host key|REMOTE HOST IDENTIFICATION/i.test(said)
  return new RunsheetError(key ? 'E_HOST_KEY' : 'E_UNREACHABLE', `${address}: ${said}`, {
    radius: 'host',
    hint: `Try: ssh ${address} true (ssh may take ${connectTimeout} s to connect and must ask nothing).`,
  })
}
