import { type RemoteEvidence, RunsheetError } from '../errors.ts'
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
export function neverAnswered(remote: RemoteEvidence, become: { user: string } | undefined): RunsheetError {
  if (become) return becomeFailed(remote, become.user)
  const said = remote.stderr.trim()
  const message = `${remote.host}: the login gave no shell, but exit code ${remote.exitCode}${said && `: ${said}`}`
  return new RunsheetError('E_UNREACHABLE', message, {
    radius: 'host',
    remote,
    hint: 'The login user needs a login shell that runs commands, and sh on its PATH.',
  })
}

function becomeFailed(remote: RemoteEvidence, user: string): RunsheetError {
  const said = remote.stderr.trim() || `sudo ended with exit code ${remote.exitCode}`
  return new RunsheetError('E_BECOME', `${remote.host}: cannot become ${user}: ${said}`, {
    radius: 'host',
    remote,
    hint: `Allow the login user to run commands as ${user} without a password, with a line "LOGIN ALL=(${user}) NOPASSWD: ALL" in /etc/sudoers.d/runsheet (mode 0440).`,
  })
}

function ending({ exitCode, signal, reason }: Closed): string {
  if (reason !== undefined) return reason
  if (signal !== undefined) return `the shell was killed by ${signal}`
  return exitCode === undefined
    ? 'the channel closed without an exit code'
    : `the shell ended with exit code ${exitCode}`
}
