import { join } from 'node:path'
import { attempt, type Result } from '../../host/run.ts'
import { projectRoot } from '../../project.ts'
import type { Fencing } from '../audit/evidence.ts'
import type { Blow } from '../drill.ts'
import type { Place } from '../faults.ts'
import type { Cluster } from '../scene.ts'
import { beginning, ending } from '../self-ending.ts'

/** Where drills take place: what they need of the machines, whoever runs them. */
export type Ground = {
  /** That makes the clusters, and finds nothing to change in the end. */
  readonly playbook: string
  readonly clusters: readonly Cluster[]
  /** The node outside of the clusters that writes the rows. */
  readonly witness: string
  readonly emulated: boolean
  /** Files of the drills. */
  readonly folder: string
  /** Of the account `ledger`. */
  readonly password: string
  /** The program that runs a text of root's sh on a node. */
  readonly argv: (node: string, script: string) => readonly string[]
  readonly run: (node: string, script: string, input?: string) => Promise<Result>
  readonly inject: (blow: Blow, cluster: Cluster, node: string) => Promise<void>
  readonly heal: (blow: Blow, cluster: Cluster, node: string) => Promise<void>
  /** What the power switch has confirmed so far; undefined where it cannot be asked. */
  readonly fencings: () => readonly Fencing[] | undefined
  /** Runs a playbook on the whole inventory, and gives what it printed with \`--json\`. */
  readonly play: (
    name: string,
    extra: Readonly<Record<string, string>>,
    ...flags: string[]
  ) => Promise<Result>
}

/** Milliseconds that one command on a node may take, and one playbook. */
const limits = { command: 120_000, playbook: 1_800_000 }

/** Runs a program that reaches a node, to its end or for two minutes. */
export const runThere = (argv: readonly string[], input = ''): Promise<Result> =>
  attempt(argv, { timeout: limits.command, input })

/** A playbook of this project on an inventory, as a person types it. `inventory` are words such as `-i FILE`. */
export const runPlaybook = (
  inventory: readonly string[],
  env: Readonly<Record<string, string>>,
  ...[playbook, extra, ...flags]: Parameters<Ground['play']>
): Promise<Result> => {
  const words = Object.entries(extra).flatMap(([key, value]) => ['-e', `${key}=${value}`])
  // Not from the folder of the package: a source that was named in the operator's own would be another one there.
  const file = join(projectRoot, 'playbooks', `${playbook}.mjs`)
  const argv = [process.execPath, file, ...inventory, '--json', ...flags, ...words]
  return attempt(argv, { env, timeout: limits.playbook })
}

/** Why a playbook failed: with `--json` it says so among its events. Pure. */
export const reasonsOf = ({ stdout, stderr }: Pick<Result, 'stdout' | 'stderr'>): string => {
  const messages = [...stdout.matchAll(/^\{"event":"error".*$/gm)].map(([line]) => JSON.parse(line).message)
  return messages.join('; ') || stderr.trim().split('\n').slice(-3).join(' ')
}

type Run = Ground['run']

/** Does a fault on the node itself, or ends it. Throws Error with what the node said if that fails. */
export const strikeInside = async (
  run: Run,
  end: 'inject' | 'heal',
  { fault: kind, network }: Blow,
  place: Place,
  node: string,
): Promise<void> => {
  const script = { inject: beginning, heal: ending }[end](kind, place, network)
  if (script === undefined) return
  const { code, stderr } = await run(node, script)
  if (code !== 0) throw new Error(`${end} ${kind} on ${node} ended with ${code}: ${stderr.trim()}`)
}
