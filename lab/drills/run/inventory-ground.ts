import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LabError } from '../../errors.ts'
import { commandLine } from '../../host/run.ts'
import { projectRoot } from '../../project.ts'
import { type Cluster, clustersAmong } from '../scene.ts'
import { type Ground, runPlaybook, runThere, strikeInside } from './ground.ts'

/** A host as an inventory describes it: `ssh` are words of ssh(1), `asRoot` those before a command of root. */
export type DrillHost = {
  readonly name: string
  readonly groups: readonly string[]
  readonly variables: Readonly<Record<string, unknown>>
  readonly ssh: readonly string[]
  readonly asRoot: readonly string[]
}

type Account = { readonly user: string; readonly password: { reveal: () => string } }
type Described = {
  readonly vip: { readonly card: string }
  readonly heartbeat: { readonly cards: readonly string[] }
  readonly database?: { readonly accounts?: readonly Account[] }
}

// The networks of a topology have names, those of an inventory are told by what their cards are for.
const cardsOf = ({ vip, heartbeat }: Described): Record<string, string> => ({
  public: vip.card,
  ...Object.fromEntries(
    heartbeat.cards
      .filter((card) => card !== vip.card)
      .map((card, index) => [index ? `link${index}` : 'backbone', card]),
  ),
})

const passwordIn = (hosts: readonly DrillHost[]): string => {
  const accounts = hosts.flatMap(
    ({ variables }) => (variables as unknown as Described).database?.accounts ?? [],
  )
  const account = accounts.find(({ user }) => user === 'ledger')
  if (account) return account.password.reveal()
  throw new LabError(
    'no database has an account for the ledger',
    'add to its accounts: { user: ledger, password: !secret { file: … }, database: ledger, from: [ADDRESS OF THE WITNESS] }',
  )
}

const witnessAmong = (hosts: readonly DrillHost[]): string => {
  const witness = hosts.find(({ groups }) => groups.includes('witness'))
  const next = 'add a group witness with one host that has mariadb(1) and is in no cluster'
  if (!witness) throw new LabError('nobody outside of the clusters writes the ledger', next)
  if (witness.groups.includes('cluster'))
    throw new LabError(`the witness ${witness.name} is a node of a cluster, and would fail with it`, next)
  return witness.name
}

const unseenOf = ({ name, variables }: DrillHost): string[] => {
  const { storage, platform } = variables as { storage?: { version?: unknown }; platform?: unknown }
  return [
    ...(String(storage?.version) === '9' ? [`${name} has DRBD 9, whose state is not in /proc/drbd`] : []),
    ...(platform === 'el7'
      ? [`${name} has EL 7, whose sync(1) takes no file: nothing would be acknowledged`]
      : []),
  ]
}

/** The clusters of the hosts that playbooks are for. Throws LabError where drills could not see what happens. Pure. */
export const clustersIn = (hosts: readonly DrillHost[]): Cluster[] => {
  const nodes = hosts.filter(({ groups }) => groups.includes('cluster'))
  const unseen = nodes.flatMap(unseenOf)
  if (unseen.length > 0)
    throw new LabError(unseen.join('; '), 'drill a cluster of DRBD 8 on Debian, or on EL 8 or later')
  return clustersAmong(nodes.map(({ name, variables }) => [name, variables]))
}

const unitPattern = /unit::([\w.@-]+)/g

// What heartbeat starts is what its own file says, whatever the inventory calls the application.
const withUnits = async (run: Ground['run'], cluster: Cluster): Promise<Cluster> => {
  const { code, stdout, stderr } = await run(cluster.nodes[0] ?? '', "sed '/^#/d' /etc/ha.d/haresources")
  if (code !== 0) throw new LabError(`haresources of ${cluster.name} cannot be read: ${stderr.trim()}`)
  return { ...cluster, units: [...stdout.matchAll(unitPattern)].map(([, unit = '']) => unit) }
}

const mustBePlaybook = (name: string): void => {
  if (!existsSync(join(projectRoot, 'playbooks', `${name}.mjs`)))
    throw new LabError(
      `there is no playbook ${name}`,
      'name the one that makes the cluster: --playbook two-node',
    )
}

// Told before anything is made on the clusters; a host key that nobody knows is met here, too.
const mustHaveClient = async (run: Ground['run'], witness: string): Promise<void> => {
  const { code, stderr } = await run(witness, 'command -v mariadb >/dev/null')
  if (code === 0) return
  const told = stderr.trim() || 'it has no mariadb(1)'
  throw new LabError(
    `the witness ${witness} cannot write the ledger: ${told}`,
    'ssh has to reach it; install mariadb-client',
  )
}

/** The clusters of an inventory as a ground, with the faults that need no hypervisor. Throws LabError with what is missing. */
export const inventoryGround = async (
  hosts: readonly DrillHost[],
  sources: readonly string[],
  playbook: string,
): Promise<Ground> => {
  // What is missing is told before anybody is contacted.
  mustBePlaybook(playbook)
  const [witness, password] = [witnessAmong(hosts), passwordIn(hosts)]
  const argv = (node: string, script: string) => {
    const { ssh = [], asRoot = [] } = hosts.find(({ name }) => name === node) ?? {}
    return ['ssh', ...ssh, commandLine([...asRoot, 'sh', '-c', script])]
  }
  const run: Ground['run'] = (node, script, input) => runThere(argv(node, script), input)
  const strike = async (end: 'inject' | 'heal', ...[blow, cluster, node]: Parameters<Ground['inject']>) => {
    const variables = hosts.find(({ name }) => name === node)?.variables
    if (!variables) throw new LabError(`the inventory has no host ${node}`)
    const { mount, port, resource, units } = cluster
    const cards = cardsOf(variables as unknown as Described)
    await strikeInside(run, end, blow, { cards, mount, port, resource, units }, node)
  }
  const clusters = await Promise.all(clustersIn(hosts).map((cluster) => withUnits(run, cluster)))
  await mustHaveClient(run, witness)
  return {
    ...{ playbook, clusters, witness, argv, run, emulated: false },
    folder: mkdtempSync(join(tmpdir(), 'runsheet-drills-')),
    password,
    fencings: () => undefined,
    inject: (...what) => strike('inject', ...what),
    heal: (...what) => strike('heal', ...what),
    play: (...what) =>
      runPlaybook(
        sources.flatMap((source) => ['-i', source]),
        {},
        ...what,
      ),
  }
}
