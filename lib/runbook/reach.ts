import { quote } from '../shell/quote.ts'
import { type Become, type Connection, sshOptions } from '../transport/index.ts'

/**
 * What ssh(1) is told for every host. One connection is kept for a minute, since logging in may take longer than a
 * step, and servers may shut out who comes too often (sshd_config(5), PerSourcePenalties); its socket is in /tmp,
 * because that path has to be short; what zx runs removes it. A host key that is not known is refused, as the engine does.
 */
export const SHARED = `\
shared='-T -o StrictHostKeyChecking=yes -o ConnectTimeout=20 -o ServerAliveInterval=10'
sockets=$(mktemp -d /tmp/runbook.XXXXXX)
shared="$shared -o ControlMaster=auto -o ControlPersist=60 -o ControlPath=$sockets/%C"`

/**
 * The command that starts a shell which reads its standard input; undefined where sudo or su has to be given a
 * password first, which would stand on that same input, and be run as a command where nobody asks for it.
 */
export function reachCommand(connection: Connection): string | undefined {
  const { address, become, kind } = connection
  if (become && (become.method === 'su' || become.password)) return undefined
  const shell = become ? `sudo -n -H -u ${quote(become.user)} -- sh` : 'sh'
  if (kind === 'local') return shell
  if (kind === 'docker') return `${inContainer('-i', connection)} ${shell}`
  return `ssh ${words(sshOptions(connection))} $shared -- ${words([address, `exec ${shell}`])}`
}

/** The command that gives a person such a shell. */
export function loginCommand(connection: Connection): string {
  const { address, become, kind } = connection
  const shell = become ? interactive(become) : 'sh'
  if (kind === 'local') return shell
  if (kind === 'docker') return `${inContainer('-it', connection)} ${shell}`
  const options = words([...(become ? ['-t'] : []), ...sshOptions(connection)])
  return `ssh ${options} -- ${words([address, ...(become ? [shell] : [])])}`
}

function interactive({ method, user }: Become): string {
  return method === 'su' ? `su -s /bin/sh ${quote(user)}` : `sudo -H -u ${quote(user)} -- sh`
}

function inContainer(how: string, { address, user }: Connection): string {
  return `docker exec ${how} ${words(user === undefined ? [] : ['--user', user])} ${quote(address)}`
}

function words(all: readonly string[]): string {
  return all.map(quote).join(' ')
}
