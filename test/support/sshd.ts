import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { Connection } from '../../lib/transport/connection.ts'
import { AS_ROOT, asRoot } from './people.ts'
import { demand } from './shells.ts'

/** An SSH server of the tests' own, on loopback, that lets any user in with its own key. */
export interface Sshd {
  port: number
  /** Public host keys as known_hosts writes them: type and base64. */
  hostKeys: { ed25519: string; rsa: string }
  /** Its log so far. */
  log: () => string
  /** How to reach it, its ed25519 key known. */
  connection: (changes?: Partial<Connection>) => Connection
  /** A known_hosts file with these lines. */
  knownHosts: (...lines: string[]) => string
  folder: string
  stop: () => Promise<void>
}

/** Starts it on a free port. `settings` are further lines of sshd_config(5). */
export async function startSshd(settings: string[] = []): Promise<Sshd> {
  const program = demand('sshd', 'openssh-server')
  const folder = mkdtempSync(join(tmpdir(), 'runsheet-sshd-'))
  // sshd reads the keys of a login as the user who logs in.
  chmodSync(folder, 0o755)
  const hostKeys = { ed25519: generate(folder, 'ed25519'), rsa: generate(folder, 'rsa') }
  writeFileSync(join(folder, 'authorized_keys'), generate(folder, 'login'))
  const port = await freePort()
  asRoot(['install', '-d', '-m', '0755', '/run/sshd'])
  writeFileSync(join(folder, 'sshd_config'), configuration(folder, port, settings))
  const [first = '', ...words] = [...AS_ROOT, program, '-D', '-e', '-f', join(folder, 'sshd_config')]
  const child = spawn(first, words, { stdio: ['ignore', 'ignore', 'pipe'] })
  const log = await listening(child)
  const knownHosts = (...lines: string[]) => writeKnownHosts(folder, lines)
  const known = knownHosts(`[127.0.0.1]:${port} ${hostKeys.ed25519}`)
  const connection = (changes: Partial<Connection> = {}) => ({ ...connect(folder, port, known), ...changes })
  return { port, hostKeys, log, connection, knownHosts, folder, stop: () => stop(child, folder) }
}

function connect(folder: string, port: number, known: string): Connection {
  return {
    kind: 'ssh',
    address: '127.0.0.1',
    port,
    user: userInfo().username,
    privateKeyFile: join(folder, 'login'),
    knownHostsFiles: [known],
    become: undefined,
    connectTimeout: 10,
  }
}

/** @returns the public key, type and base64 */
export function generate(folder: string, name: string): string {
  const file = join(folder, name)
  const type = name === 'rsa' ? ['-t', 'rsa', '-b', '2048'] : ['-t', 'ed25519']
  execFileSync(demand('ssh-keygen', 'openssh-client'), ['-q', ...type, '-N', '', '-C', '', '-f', file])
  return readFileSync(`${file}.pub`, 'utf8').trim()
}

function configuration(folder: string, port: number, settings: string[]): string {
  const lines = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(folder, 'ed25519')}`,
    `HostKey ${join(folder, 'rsa')}`,
    `PidFile ${join(folder, 'pid')}`,
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
  ]
  // The first value counts, as sshd_config(5) says.
  return [...settings, ...lines].join('\n')
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

function listening(child: ChildProcess): Promise<() => string> {
  let said = ''
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk
      if (said.includes('Server listening')) resolve(() => said)
    })
    child.on('exit', (code) => reject(new Error(`sshd ended with exit code ${code}: ${said}`)))
  })
}

let files = 0

function writeKnownHosts(folder: string, lines: string[]): string {
  files += 1
  const file = join(folder, `known_hosts.${files}`)
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  const ended = new Promise((resolve) => child.on('exit', resolve))
  asRoot(['kill', readFileSync(join(folder, 'pid'), 'utf8').trim()])
  await ended
  rmSync(folder, { recursive: true })
}
