import { LabError } from '../errors.ts'
import { type CreatedLab, checkNode } from '../instance/lab.ts'
import { writeState } from '../instance/state.ts'
import { applyCuts, control, cutPower, isOn, pause, resume } from '../qemu/machine.ts'
import { powerOn } from './power.ts'
import { replaceNode } from './snapshot.ts'

/** What can befall a node. */
export const faults = ['power-off', 'power-on', 'reset', 'freeze', 'thaw', 'cut', 'heal', 'replace'] as const

export type Fault = (typeof faults)[number]

const chosenNetworks = ({ topology }: CreatedLab, network: string | undefined): string[] => {
  const all = Object.keys(topology.networks)
  if (network === undefined) return all
  if (all.includes(network)) return [network]
  throw new LabError(`there is no network ${network}`, `take one of: ${all.join(', ')}`)
}

// Remembered before it is done: a cable that is pulled from a machine that is off stays pulled when it starts.
const setCut = async (
  lab: CreatedLab,
  node: string,
  network: string | undefined,
  cut: boolean,
): Promise<void> => {
  const chosen = chosenNetworks(lab, network)
  const before = lab.state.cuts[node] ?? []
  const after = cut ? [...new Set([...before, ...chosen])] : before.filter((name) => !chosen.includes(name))
  const changed = { ...lab, state: { ...lab.state, cuts: { ...lab.state.cuts, [node]: after } } }
  writeState(changed.paths.state, changed.state)
  if (isOn(changed, node)) await applyCuts(changed, node)
}

/**
 * Does a fault to a node, at once: power-on does not wait for the boot, replace does. `network` is for cut and heal; without
 * it, all networks of the cluster, never the card for management. Throws LabError if it makes no sense.
 */
export const injectFault = async (
  lab: CreatedLab,
  fault: Fault,
  node: string,
  network?: string,
): Promise<void> => {
  checkNode(lab, node)
  const actions: Record<Fault, () => Promise<unknown>> = {
    'power-off': () => cutPower(lab, node),
    'power-on': () => powerOn(lab, node),
    reset: () => control(lab, node, { execute: 'system_reset' }),
    freeze: () => pause(lab, node),
    thaw: () => resume(lab, node),
    cut: () => setCut(lab, node, network, true),
    heal: () => setCut(lab, node, network, false),
    replace: () => replaceNode(lab, node),
  }
  await actions[fault]()
}
