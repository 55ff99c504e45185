import { destroyLab, takeDown } from './commands/down.ts'
import { type Fault, injectFault } from './commands/fault.ts'
import { restoreSnapshot, takeSnapshot } from './commands/snapshot.ts'
import { type NodeStatus, statusOf } from './commands/status.ts'
import { bringUp } from './commands/up.ts'
import { waitUntilReady } from './guest/ready.ts'
import { inGuest } from './guest/ssh.ts'
import type { Result } from './host/run.ts'
import {
  checkNode,
  created,
  findDoomedLab,
  findExisting,
  findLab,
  type LabOptions,
  openLab,
} from './instance/lab.ts'

export type { Fault } from './commands/fault.ts'
export type { NodeStatus } from './commands/status.ts'
export { LabError } from './errors.ts'
export type { Result } from './host/run.ts'
export type { LabOptions } from './instance/lab.ts'

/**
 * Brings a laboratory up, creating it (and the image of its guests) if need be, and waits until every node has
 * booted. Gives the path of the inventory. All of these functions throw LabError, whose message is for people.
 */
export const up = (options: LabOptions = {}): Promise<{ inventory: string }> => bringUp(findLab(options))

/**
 * The laboratory that exists, for playbooks that must meet it as it is: nothing is started, and a node that was cut
 * off stays so. LAB_NAME and LAB_TOPOLOGY choose one where there are several; the topology of the options is ignored.
 */
export const asItIs = {
  up: async ({ log }: LabOptions = {}): Promise<{ inventory: string }> => {
    const lab = findExisting({ log })
    for (const { node, power } of await statusOf(lab)) if (power !== 'running') lab.log(`${node} is ${power}`)
    return { inventory: lab.paths.inventory }
  },
}

/** Shuts all nodes down and stops all that runs for them. Does nothing if the laboratory does not exist. */
export const down = async (options: LabOptions = {}): Promise<void> => {
  const lab = created(findLab(options))
  if (lab) await takeDown(lab)
}

/** As down, without waiting for the nodes, and deletes the laboratory. */
export const destroy = async (options: LabOptions = {}): Promise<void> => {
  await destroyLab(findDoomedLab(options))
}

/** What each node does now. */
export const status = async (options: LabOptions = {}): Promise<NodeStatus[]> => statusOf(openLab(options))

/**
 * Runs a shell command in a node, as the user that has sudo. ssh's own failure has code 255. A secret is for `input`,
 * which the command reads: its words are seen by everybody on either machine.
 */
export const ssh = async (
  node: string,
  command: string,
  { input = '', ...options }: LabOptions & { input?: string } = {},
): Promise<Result> => {
  const lab = openLab(options)
  checkNode(lab, node)
  return inGuest(lab, node, command, { input })
}

/** Waits until a node has booted, after `fault('power-on', …)` or a reset. */
export const ready = async (node: string, options: LabOptions = {}): Promise<void> => {
  const lab = openLab(options)
  checkNode(lab, node)
  await waitUntilReady(lab, node)
}

/** Does something bad to a node, or ends it. `network` narrows cut and heal to one network, as `public`. */
export const fault = async (
  kind: Fault,
  node: string,
  options: LabOptions & { network?: string } = {},
): Promise<void> => injectFault(openLab(options), kind, node, options.network)

/** Saves memory and disks of all nodes at one moment. The first `up` has saved `fresh`. */
export const snapshot = async (name: string, options: LabOptions = {}): Promise<void> =>
  takeSnapshot(openLab(options), name)

/** Brings all nodes back to a snapshot, and their clocks to now; starts those that are off. */
export const restore = async (name: string, options: LabOptions = {}): Promise<void> =>
  restoreSnapshot(openLab(options), name)
