import { RunsheetError } from '../errors.ts'
import type { Connection } from './connection.ts'

/**
 * The last host of a ProxyJump as a connection of its own; those before it become its own ProxyJump, as OpenSSH does
 * it. Each hop goes by its own lines of ssh_config and its own host key.
 *
 * @param jumps `[USER@]HOST[:PORT]` joined by commas, see ssh_config(5)
 */
export function jumpOf(connection: Connection, jumps: string | undefined): Connection | undefined {
  if (jumps === undefined) return undefined
  const all = jumps.split(',')
  const last = parseJump(all.pop() ?? '')
  // `Host *` with a ProxyJump names the jump host itself, too.
  if (all.length === 0 && isSame(connection, last)) return undefined
  return {
    kind: 'ssh',
    ...last,
    privateKeyFile: undefined,
    knownHostsFiles: undefined,
    become: undefined,
    connectTimeout: connection.connectTimeout,
    sshArguments: [...configFile(connection), ...(all.length > 0 ? ['-J', all.join(',')] : [])],
  }
}

type Jump = Pick<Connection, 'user' | 'address' | 'port'>

function parseJump(text: string): Jump {
  const [, user, bracketed, plain, port] =
    /^(?:ssh:\/\/)?(?:(.+)@)?(?:\[([^\]]+)\]|([^:@]+))(?::(\d+))?\/?$/.exec(text) ?? []
  const address = bracketed ?? plain
  if (address === undefined)
    throw new RunsheetError('E_INVALID', `'${text}' is no jump host; it is [USER@]HOST[:PORT]`, {
      radius: 'host',
    })
  return { user, address, port: port === undefined ? undefined : Number(port) }
}

function isSame({ address, port, user }: Connection, jump: Jump): boolean {
  const same = <Value>(own: Value | undefined, other: Value | undefined) =>
    other === undefined || own === other
  return jump.address === address && same(port ?? 22, jump.port) && same(user, jump.user)
}

/** Of all arguments only the choice of the configuration file holds for a hop, as in OpenSSH. */
function configFile({ sshArguments = [] }: Connection): string[] {
  const at = sshArguments.findIndex((word) => word.startsWith('-F'))
  if (at === -1) return []
  return sshArguments[at] === '-F' ? sshArguments.slice(at, at + 2) : sshArguments.slice(at, at + 1)
}
