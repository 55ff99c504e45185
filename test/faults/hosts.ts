import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ownState } from '../support/own-state.ts'
import { type Link, startLink } from '../support/proxy.ts'
import { generate, type Sshd, startSshd } from '../support/sshd.ts'

/** Before the first task, between each two, behind the last, and between the two handlers. */
const BOUNDARIES = Array.from({ length: 22 }, (_, number) => `boundary-${number}`)
/** In the middle of each change. */
const INSIDE = Array.from({ length: 20 }, (_, index) => `inside-${index + 1}`)

/** Where a run is interrupted: one point a host. */
export const POINTS = {
  boundaries: BOUNDARIES.length,
  inside: INSIDE.length,
  all: [...BOUNDARIES, ...INSIDE],
}

/** A host of the fault tests: a login with a state folder of its own, all on one real sshd. */
export interface FaultHost {
  /** Where it is held; its name, too. */
  point: string
  at: (name: string) => string
  link: Link
}

/** All hosts of one fault, and what they share. */
export interface Field {
  hosts: FaultHost[]
  inventory: string
  stop: () => Promise<void>
}

/** Starts sshd with a login key a host that leads to the host's own state, behind a link that can be cut. */
export async function prepareField(folder: string): Promise<Field> {
  const sshd = await startSshd(['MaxStartups 200', 'PermitUserEnvironment yes'])
  const hosts = await Promise.all(POINTS.all.map((point) => prepareHost(sshd, folder, point)))
  const inventory = join(folder, 'inventory.yml')
  writeFileSync(inventory, describeInventory(sshd, hosts))
  const stop = async () => {
    for (const host of hosts) release(host)
    await Promise.all(hosts.map(({ link }) => link.stop()))
    await sshd.stop()
  }
  return { hosts, inventory, stop }
}

async function prepareHost(sshd: Sshd, folder: string, point: string): Promise<FaultHost> {
  const home = join(folder, point)
  const at = (name: string) => join(home, name)
  const environment = Object.entries(ownState(home))
    .map(([name, value]) => `environment="${name}=${value}"`)
    .join(',')
  appendFileSync(join(sshd.folder, 'authorized_keys'), `\n${environment} ${generate(home, 'login')}\n`)
  writeFileSync(at(`armed-${point}`), '')
  writeFileSync(at('hold'), '')
  return { point, at, link: await startLink(sshd.port) }
}

function describeInventory(sshd: Sshd, hosts: readonly FaultHost[]): string {
  const known = hosts.map(({ link }) => `[127.0.0.1]:${link.port} ${sshd.hostKeys.ed25519}`)
  const vars = {
    ansible_host: '127.0.0.1',
    ansible_user: sshd.connection().user,
    ansible_ssh_common_args: `-o UserKnownHostsFile=${sshd.knownHosts(...known)}`,
  }
  const each = hosts.map(({ point, at, link }) => [
    point,
    { ansible_port: link.port, ansible_ssh_private_key_file: at('login'), folder: at('') },
  ])
  return JSON.stringify({ all: { vars, hosts: Object.fromEntries(each) } })
}

/** Lets a host go on that is held at its point. */
export function release({ at }: FaultHost): void {
  rmSync(at('hold'), { force: true })
}

export function hasReached({ at }: FaultHost): boolean {
  return existsSync(at('reached'))
}

/** The shell that is held. */
export function shellOf({ at }: FaultHost): number {
  return Number(readFileSync(at('reached'), 'utf8'))
}

/** Whether a task has really been done. */
export function isDone({ at }: FaultHost, number: number): boolean {
  const file = at(`file-${number}`)
  return existsSync(file) && readFileSync(file, 'utf8') === `done-${number}\n`
}

/** All that must hold after the run was resumed. */
export function stateOf(host: FaultHost) {
  const runs = (name: string) => (existsSync(host.at(name)) ? readFileSync(host.at(name), 'utf8') : '')
  return {
    point: host.point,
    undone: Array.from({ length: 20 }, (_, index) => index + 1).filter((number) => !isDone(host, number)),
    handlers: [runs('handler-first'), runs('handler-second')],
    owed: readdirSync(host.at('state/runsheet/notify')),
    locked: existsSync(host.at('state/runsheet/lock')),
  }
}
