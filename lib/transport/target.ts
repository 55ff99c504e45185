import { existsSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import { type Problem, RunsheetError } from '../errors.ts'
import type { Connection } from './connection.ts'
import { jumpOf } from './jump.ts'
import { readSshConfig, type SshSettings } from './ssh-config.ts'

/** A host of SSH with nothing left to guess. Times are in seconds. */
export interface Target {
  address: string
  port: number
  user: string
  keys: Keys
  known: KnownName
  connectTimeout: number
  keepalive: { interval: number; count: number }
  /** The host to go through first. */
  jump: Connection | undefined
  /** Shell text whose streams lead to the server. */
  proxyCommand: string | undefined
  legacyAlgorithms: boolean
}

/** Where private keys are. */
export interface Keys {
  files: readonly string[]
  /** Whether somebody chose these files; those that everybody has may be absent. */
  chosen: boolean
  /** The agent's socket. */
  agent: string | undefined
}

/** By which name a host's key is known, and where. */
export interface KnownName {
  name: string
  port: number
  files: readonly string[]
  acceptNew: boolean
}

const SSH_PORT = 22

/** Between signs of life, in seconds, where ssh_config sets none; after three without an answer the link is lost. */
const KEEPALIVE = 10

/** What changes whom to trust or which way to take, and what ssh2 does not know: to leave it out would be a lie. */
const UNKNOWN_TO_SSH2 = [
  'certificatefile',
  'revokedhostkeys',
  'knownhostscommand',
  'pkcs11provider',
  'bindaddress',
  'bindinterface',
]

const resolved = new WeakMap<Connection, Promise<Target>>()

/**
 * Asks ssh_config for all that the inventory leaves open, once for each connection.
 *
 * @throws RunsheetError E_INVALID where ssh_config is wrong, or wants what only the system's ssh can do
 */
export function resolveTarget(connection: Connection): Promise<Target> {
  const target =
    resolved.get(connection) ?? readSshConfig(connection).then((all) => toTarget(connection, all))
  resolved.set(connection, target)
  return target
}

/** What is wrong with the ways to some hosts, all at once, before any of them is contacted. */
export async function waysProblems(connections: readonly Connection[]): Promise<Problem[]> {
  const found = await Promise.all(connections.filter(({ kind }) => kind === 'ssh').map(problemOf))
  return found.filter((problem) => problem !== undefined)
}

async function problemOf(connection: Connection): Promise<Problem | undefined> {
  try {
    await resolveTarget(connection)
    return undefined
  } catch (error) {
    if (!(error instanceof RunsheetError)) throw error
    const { hint } = error.details
    return { message: error.message, ...(hint !== undefined && { hint }) }
  }
}

function toTarget(connection: Connection, settings: SshSettings): Target {
  const first = (key: string) => settings.get(key)?.find((value) => value !== 'none')
  const unknown = UNKNOWN_TO_SSH2.find((key) => first(key) !== undefined)
  if (unknown !== undefined) throw needsSystemSsh(connection, `${unknown} ${first(unknown)}`)
  const address = first('hostname') ?? connection.address
  const port = Number(first('port') ?? SSH_PORT)
  const user = first('user') ?? userInfo().username
  const proxy = first('proxycommand')
  const alias = first('hostkeyalias')
  return {
    address,
    port,
    user,
    keys: keysOf(connection, settings),
    known: {
      name: alias ?? address,
      port: alias === undefined ? port : SSH_PORT,
      files: connection.knownHostsFiles ?? knownHostsFiles(settings),
      acceptNew: first('stricthostkeychecking') === 'accept-new',
    },
    connectTimeout: connection.connectTimeout,
    keepalive: {
      interval: Number(first('serveraliveinterval') ?? 0) || KEEPALIVE,
      count: Number(first('serveralivecountmax') ?? 3),
    },
    jump: jumpOf(connection, first('proxyjump')),
    proxyCommand: proxy === undefined ? undefined : expandTokens(proxy, { address, port, user }),
    legacyAlgorithms: connection.legacyAlgorithms ?? false,
  }
}

/** OpenSSH lists the files that everybody has where nobody chose others. */
const COMMON = /^~\/\.ssh\/id_(rsa|dsa|ecdsa|ecdsa_sk|ed25519|ed25519_sk|xmss)$/

function keysOf({ privateKeyFile }: Connection, settings: SshSettings): Keys {
  const all = settings.get('identityfile') ?? ['~/.ssh/id_rsa', '~/.ssh/id_ecdsa', '~/.ssh/id_ed25519']
  const chosen = privateKeyFile !== undefined || !all.every((file) => COMMON.test(file))
  const files = privateKeyFile === undefined ? all.map(expandHome) : [privateKeyFile]
  const [socket = 'SSH_AUTH_SOCK'] = settings.get('identityagent') ?? []
  return {
    files: chosen ? files : files.filter((file) => existsSync(file)),
    chosen,
    agent: agentSocket(socket),
  }
}

function agentSocket(said: string): string | undefined {
  if (said === 'none') return undefined
  if (said === 'SSH_AUTH_SOCK') return process.env.SSH_AUTH_SOCK
  return said.startsWith('$') ? process.env[said.slice(1)] : expandHome(said)
}

function knownHostsFiles(settings: SshSettings): string[] {
  const own = join(homedir(), '.ssh')
  const [user] = settings.get('userknownhostsfile') ?? [`${own}/known_hosts ${own}/known_hosts2`]
  const [system] = settings.get('globalknownhostsfile') ?? ['/etc/ssh/ssh_known_hosts']
  return `${user} ${system}`.split(/\s+/).filter(Boolean).map(expandHome)
}

/** ssh_config(5), TOKENS, as far as ProxyCommand needs them. What a shell would read as more than a name is refused. */
function expandTokens(command: string, to: { address: string; port: number; user: string }): string {
  const values: Record<string, string> = {
    h: to.address,
    p: String(to.port),
    r: to.user,
    n: to.address,
    '%': '%',
  }
  const odd = [to.address, to.user].find((value) => !/^[\w.:@%-]+$/.test(value) || value.startsWith('-'))
  if (odd !== undefined)
    throw new RunsheetError('E_INVALID', `'${odd}' cannot stand in a ProxyCommand`, { radius: 'host' })
  return command.replaceAll(/%([hprn%])/g, (_, token: string) => values[token] ?? '')
}

function expandHome(path: string): string {
  return path.replace(/^~(?=\/)/, homedir())
}

function needsSystemSsh({ address }: Connection, setting: string): RunsheetError {
  return new RunsheetError(
    'E_INVALID',
    `ssh_config sets '${setting}' for ${address}, which only ssh itself knows`,
    {
      radius: 'host',
      hint: 'Set ansible_connection: ssh-cli for this host.',
    },
  )
}
