import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { run, searchPath } from '../../../lab/host/run.ts'
import { removeWithMounts } from './remains.ts'

const SYSTEM_SOCKET = '/var/run/docker.sock'

/** How long, in milliseconds, a daemon may take to answer or to end. */
const PATIENCE = 60_000

/** The way to a Docker daemon, as testcontainers reads it from the environment. */
export interface Docker {
  environment: Readonly<Record<string, string>>
  stop: () => Promise<void>
}

/** The daemon of this machine where one answers, else one of our own. */
export async function openDocker(cache: string): Promise<Docker> {
  // Ryuk, which removes what a killed test leaves, is an image of a registry.
  const ours = { TESTCONTAINERS_RYUK_DISABLED: 'true' }
  if (process.env.DOCKER_HOST !== undefined || (await answers(SYSTEM_SOCKET)))
    return { environment: ours, stop: async () => {} }
  const daemon = await startDaemon(cache)
  return { ...daemon, environment: { ...ours, ...daemon.environment } }
}

/**
 * A daemon in a network namespace of its own, so that this machine's firewall and bridges stay as they are. All of
 * it ends with this process: the namespace lives as long as the daemon, and the kernel ends the daemon (setpriv(1),
 * `--pdeathsig`) should this process be killed.
 */
async function startDaemon(cache: string): Promise<Docker> {
  const folder = join(cache, `docker-${process.pid}`)
  mkdirSync(folder, { recursive: true })
  const socket = join(folder, 'socket')
  const log = join(folder, 'log')
  const words = ['--host', `unix://${socket}`, '--data-root', join(folder, 'data')]
  const more = ['--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'pid')]
  const argv = ['--pdeathsig', 'TERM', 'unshare', '--net', 'dockerd', ...words, ...more]
  const env = { ...process.env, PATH: searchPath() }
  const daemon = spawn('setpriv', argv, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const file = createWriteStream(log)
  daemon.stdout.pipe(file, { end: false })
  daemon.stderr.pipe(file, { end: false })
  const stop = () => end(daemon, folder)
  try {
    await ready(daemon, socket)
    const address = await joinNamespace(daemon.pid ?? 0)
    return { environment: { DOCKER_HOST: `unix://${socket}`, TESTCONTAINERS_HOST_OVERRIDE: address }, stop }
  } catch (cause) {
    const said = existsSync(log) ? readFileSync(log, 'utf8') : ''
    await stop()
    throw new Error(`no Docker daemon for the contract:\n${said}`, { cause })
  }
}

async function ready(daemon: ChildProcess, socket: string): Promise<void> {
  const limit = Date.now() + PATIENCE
  while (!(await answers(socket))) {
    if (daemon.exitCode !== null) throw new Error(`dockerd ended with ${daemon.exitCode}`)
    if (Date.now() > limit) throw new Error('dockerd does not answer')
    await sleep(50)
  }
}

/**
 * A cable between this machine and the daemon's namespace, with two addresses of RFC 2544's range for such tests.
 *
 * @returns the daemon's address
 */
async function joinNamespace(pid: number): Promise<string> {
  // Four addresses a run, so that two runs at once do not meet.
  const number = (pid % 32_768) * 4
  const address = (host: number) => {
    const sum = number + host
    return `198.${18 + (sum >> 16)}.${(sum >> 8) & 255}.${sum & 255}`
  }
  const near = `rs${pid}`
  await run(['ip', 'link', 'add', near, 'type', 'veth', 'peer', 'name', 'far', 'netns', String(pid)])
  await run(['ip', 'address', 'add', `${address(1)}/30`, 'dev', near])
  await run(['ip', 'link', 'set', near, 'up'])
  const inside = `ip address add ${address(2)}/30 dev far; ip link set far up; ip link set lo up`
  await run(['nsenter', '--net', '--target', String(pid), 'sh', '-ec', inside])
  return address(2)
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const question = request({ socketPath, path: '/_ping', timeout: 2000 }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    question.on('timeout', () => question.destroy())
    question.on('error', () => resolve(false))
    question.end()
  })
}

async function end(daemon: ChildProcess, folder: string): Promise<void> {
  if (daemon.exitCode === null && daemon.signalCode === null) {
    const ended = once(daemon, 'exit')
    daemon.kill()
    const timer = setTimeout(() => daemon.kill('SIGKILL'), PATIENCE)
    await ended
    clearTimeout(timer)
  }
  removeWithMounts(folder)
}
