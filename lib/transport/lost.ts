import { type RemoteEvidence, RunsheetError } from '../errors.ts'
import type { Become } from './become.ts'
import type { Closed } from './transport.ts'

/** The shell ended in the middle of a batch: nobody knows what the step in hand did. */
export function connectionLost(remote: RemoteEvidence, closed: Closed): RunsheetError {
  return new RunsheetError(
    'E_CONNECTION_LOST',
    `${remote.host}: the connection was lost: ${ending(closed)}`,
    {
      radius: 'host',
      remote,
      hint: 'What ran at that moment may have finished or not. Run again: the probes will tell.',
    },
  )
}

/** The command ended by itself before a shell said anything; under sudo, sudo is what refused. */
export function neverAnswered(remote: RemoteEvidence, become: Become | undefined): RunsheetError {
  const said = remote.stderr.trim()
  if (become)
    return becomeFailed(remote, become, said || `${become.method} ended with exit code ${remote.exitCode}`)
  const message = `${remote.host}: the login gave no shell, but exit code ${remote.exitCode}${said && `: ${said}`}`
  return new RunsheetError('E_UNREACHABLE', message, {
    radius: 'host',
    remote,
    hint: 'The login user needs a login shell that runs commands, and sh on its PATH.',
  })
}

/** There is no shell of the user that the tasks need. Nothing ran. */
export function becomeFailed(remote: RemoteEvidence, become: Become, why: string): RunsheetError {
  const message = `${remote.host}: cannot become ${become.user} with ${become.method}: ${why}`
  return new RunsheetError('E_BECOME', message, { radius: 'host', remote, hint: hint(become) })
}

function hint({ method, user, password }: Become): string {
  const whose = method === 'su' ? `the password of ${user}` : "the login user's password"
  if (password) return `Check ${whose}: -K, or ansible_become_password in the inventory.`
  if (method === 'su') return `Give ${whose} with -K.`
  return `Give ${whose} with -K, or let the login user run commands as ${user} without one, with a line "LOGIN ALL=(${user}) NOPASSWD: ALL" in /etc/sudoers.d/runsheet (mode 0440).`
}

/** How a process ended, for people. */
export function ending({ exitCode, signal, reason }: Closed): string {
  if (reason !== undefined) return reason
  if (signal !== undefined) return `the shell was killed by ${signal}`
  return exitCode === undefined
    ? 'the channel closed without an exit code'
    : `the shell ended with exit code ${exitCode}`
}
