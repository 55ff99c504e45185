import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { RunsheetError } from '../errors.ts'
import type { Connection } from './connection.ts'

/** The settings of one host, as `ssh -G` prints them: lower-case keyword → its values, one a line. */
export type SshSettings = ReadonlyMap<string, readonly string[]>

/** What ssh(1) is told of a connection. The first value counts, and that is the inventory's. */
export function sshWords(connection: Connection): string[] {
  const { port, user, privateKeyFile, knownHostsFiles, sshArguments = [] } = connection
  return [
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(privateKeyFile === undefined ? [] : ['-i', privateKeyFile]),
    ...(knownHostsFiles === undefined
      ? []
      : ['-o', `UserKnownHostsFile=${knownHostsFiles.map((file) => `"${file}"`).join(' ')}`]),
    ...sshArguments,
  ]
}

/** What OpenSSH no longer offers by itself, for servers of the CentOS 5 era: ssh_config(5). */
const LEGACY = [
  'KexAlgorithms=+diffie-hellman-group14-sha1,diffie-hellman-group1-sha1',
  'HostKeyAlgorithms=+ssh-rsa',
  'PubkeyAcceptedAlgorithms=+ssh-rsa',
  'Ciphers=+aes128-cbc,3des-cbc',
]

/**
 * The same for whoever logs in by ssh(1) alone. Other keys of an agent are not tried before the one that is named: a server
 * counts them as failures.
 */
export function sshOptions(connection: Connection): string[] {
  const named = connection.privateKeyFile === undefined ? [] : ['-o', 'IdentitiesOnly=yes']
  const legacy = connection.legacyAlgorithms ? LEGACY.flatMap((option) => ['-o', option]) : []
  return [...sshWords(connection), ...named, ...legacy]
}

/**
 * Lets OpenSSH itself read ssh_config: only it knows Include, Match and its tokens as OpenSSH does, and its messages
 * name the file and the line. Where there is no ssh and nothing for it to read, nothing is set.
 *
 * @throws RunsheetError E_INVALID with what ssh says of the configuration
 */
export function readSshConfig(connection: Connection): Promise<SshSettings> {
  const args = ['-G', '-T', ...sshWords(connection), '--', connection.address]
  return new Promise((resolve, reject) => {
    execFile('ssh', args, { encoding: 'utf8' }, (error, stdout, stderr) => {
      if (!error) resolve(parseSettings(stdout))
      else if ((error as NodeJS.ErrnoException).code === 'ENOENT' && isSilent(connection)) resolve(new Map())
      else reject(misconfigured(connection, stderr.trim() || error.message))
    })
  })
}

export function parseSettings(text: string): SshSettings {
  const settings = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const [, key = '', value = ''] = /^(\S+) ?(.*)$/.exec(line) ?? []
    if (key !== '') settings.set(key.toLowerCase(), [...(settings.get(key.toLowerCase()) ?? []), value])
  }
  return settings
}

function isSilent({ sshArguments = [] }: Connection): boolean {
  return sshArguments.length === 0 && !existsSync(join(homedir(), '.ssh/config'))
}

function misconfigured({ address }: Connection, why: string): RunsheetError {
  return new RunsheetError('E_INVALID', `ssh cannot tell how to reach ${address}: ${why}`, {
    radius: 'host',
    hint: `Try: ssh -G ${address}. It is what reads ssh_config and ansible_ssh_common_args here (package openssh-client).`,
  })
}
