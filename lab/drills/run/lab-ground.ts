import { existsSync, readFileSync } from 'node:fs'
import { injectFault } from '../../commands/fault.ts'
import { LabError } from '../../errors.ts'
import { guestArgv } from '../../guest/ssh.ts'
import { commandLine } from '../../host/run.ts'
import { type LabOptions, openLab } from '../../instance/lab.ts'
import type { Topology } from '../../topology/load.ts'
import { secretFiles } from '../../topology/secrets.ts'
import type { Blow } from '../drill.ts'
import { type Fault, faults } from '../faults.ts'
import { type Cluster, clustersOf } from '../scene.ts'
import { type Ground, runPlaybook, runThere, strikeInside } from './ground.ts'
import { fencingsIn } from './read.ts'

/** The file of the lab that holds the password of the writer. */
const ledgerSecret = 'ledger.password'

/** The playbook that makes a topology: the one whose name begins its own. */
const playbookOf = (topology: string): string =>
  ['two-node', 'replication', 'four-node'].find(
    (name) => topology === name || topology.startsWith(`${name}-`),
  ) ?? topology

/** The node that writes the rows. Throws LabError where the topology has none, or no account for it. Pure. */
export const witnessOf = ({ name, groups, inventory }: Topology): string => {
  const outside = (groups.get('witness') ?? []).filter((node) => !groups.get('cluster')?.includes(node))
  const accounts = secretFiles(inventory).includes(ledgerSecret)
  if (outside[0] && accounts) return outside[0]
  throw new LabError(
    `on the topology ${name} nobody outside of the clusters can write a ledger`,
    `give it a group witness with one node, and the database an account: { user: ledger, password: !secret { file: ${ledgerSecret} }, database: ledger, from: [ITS ADDRESS] }`,
  )
}

/** The laboratory as a ground. It has to be there; each step reads its state anew. */
export const labGround = (options: LabOptions): Ground => {
  const lab = () => openLab(options)
  const { topology, state, paths, name } = lab()
  const argv = (node: string, script: string) =>
    guestArgv(lab(), node, commandLine(['sudo', 'sh', '-c', script]))
  const run = (node: string, script: string, input?: string) => runThere(argv(node, script), input)
  const cards = Object.fromEntries(
    Object.keys(topology.networks).map((network, index) => [network, `eth${index + 1}`]),
  )
  const strike = async (
    end: 'inject' | 'heal',
    blow: Blow,
    { mount, port, resource, units }: Cluster,
    node: string,
  ) => {
    const fault: Fault = faults[blow.fault]
    if (fault.by === 'guest')
      return strikeInside(run, end, blow, { cards, mount, port, resource, units }, node)
    const action = fault[end]
    if (action) await injectFault(lab(), action, node, blow.network)
  }
  return {
    playbook: playbookOf(topology.name),
    clusters: clustersOf(topology.values),
    witness: witnessOf(topology),
    emulated: state.accel === 'tcg',
    folder: paths.folder,
    password: readFileSync(paths.secret(ledgerSecret), 'utf8').trim(),
    argv,
    run,
    fencings: () => (existsSync(paths.switchLog) ? fencingsIn(readFileSync(paths.switchLog, 'utf8')) : []),
    inject: (...what) => strike('inject', ...what),
    heal: (...what) => strike('heal', ...what),
    play: (...what) => runPlaybook(['--lab'], { LAB_NAME: name, LAB_TOPOLOGY: topology.name }, ...what),
  }
}
