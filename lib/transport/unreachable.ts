import { RunsheetError } from '../errors.ts'
import type { Target } from './target.ts'

/** What ssh2 and the sockets below it add to an error. */
interface Cause {
  message?: string
  level?: string
  code?: string
}

/** Why there is no shell on a host, for people. */
export function unreachable(
  { address, port, user: username, connectTimeout }: Target,
  tried: readonly string[],
  cause: unknown,
): RunsheetError {
  const { level, code, message } = (cause ?? {}) as Cause
  const where = `${username}@${address} port ${port}`
  if (level === 'client-authentication')
    return fail(`${where}: the login was refused`, refused(username, tried), cause)
  if (level === 'client-timeout')
    return fail(`${where}: no answer within ${connectTimeout} s`, CHECK_NETWORK, cause)
  if (message?.includes('no matching')) return fail(`${where}: ${message}`, TOO_OLD, cause)
  const why = message ?? 'the server closed the connection'
  return fail(`${where}: ${why}`, code === undefined ? CHECK_SERVER : CHECK_NETWORK, cause)
}

const CHECK_NETWORK =
  'Check ansible_host and ansible_port in the inventory, the network, and that sshd runs there.'
const TOO_OLD =
  'If this server is too old for anything better: ansible_ssh_legacy_algorithms: true for this host alone.'
const CHECK_SERVER = "Look at sshd's log on the host."

function refused(username: string, tried: readonly string[]): string {
  const keys =
    tried.length > 0
      ? `Tried: ${tried.join(', ')}.`
      : 'There was no key to try: no agent and no ~/.ssh/id_* file.'
  return `${keys} Put a public key into ~${username}/.ssh/authorized_keys on the host.`
}

function fail(message: string, hint: string, cause: unknown): RunsheetError {
  return new RunsheetError('E_UNREACHABLE', message, { radius: 'host', hint, cause })
}
