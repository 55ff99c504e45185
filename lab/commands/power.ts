import { LabError } from '../errors.ts'
import { type CreatedLab, nodeNames } from '../instance/lab.ts'
import { cutPower, isOn, powerOf, resume, startPaused } from '../qemu/machine.ts'
import { prepare } from './prepare.ts'

/** Starts a node without waiting for its boot. Does nothing if it is on. */
export const powerOn = async (lab: CreatedLab, node: string): Promise<void> => {
  if (isOn(lab, node)) return
  const ready = await prepare(lab)
  await startPaused(ready, node)
  await resume(ready, node)
}

// Who asks relies on it that the node writes nothing any more: that its process has ended is the proof.
const powerOff = async (lab: CreatedLab, node: string): Promise<void> => {
  await cutPower(lab, node)
  if (isOn(lab, node)) throw new LabError(`${node} does not go off`)
}

// As the button of a machine: one that is off stays off.
const cycle = async (lab: CreatedLab, node: string): Promise<void> => {
  if (!isOn(lab, node)) return
  await powerOff(lab, node)
  await powerOn(lab, node)
}

type Action = (lab: CreatedLab, node: string) => Promise<unknown>

const actions: Readonly<Record<string, Action>> = {
  on: powerOn,
  off: powerOff,
  reset: cycle,
  status: async (lab, node) => ((await powerOf(lab, node)) === 'off' ? 'off' : 'on'),
}

const requestPattern = new RegExp(`^(${Object.keys(actions).join('|')}) ([a-z0-9-]+)$`)

/** The action and the node that a request names; nothing unless both are known. Pure. */
export const parseRequest = (
  request: string,
  nodes: readonly string[],
): { action: string; node: string } | undefined => {
  const [, action, node] = requestPattern.exec(request) ?? []
  return action && node && nodes.includes(node) ? { action, node } : undefined
}

const perform = async (lab: CreatedLab, request: string): Promise<string> => {
  const nodes = nodeNames(lab)
  if (request === 'list') return nodes.join(' ')
  const parsed = parseRequest(request, nodes)
  if (!parsed) throw new LabError(`list, or one of ${Object.keys(actions).join(', ')} and a node`)
  return String((await actions[parsed.action]?.(lab, parsed.node)) ?? '')
}

/** What the power switch of a lab says to a request, in one line that begins with `ok` or `error`. */
export const askSwitch = async (lab: CreatedLab, request: string): Promise<string> => {
  try {
    return `ok ${await perform(lab, request)}`.trimEnd()
  } catch (error) {
    return `error ${(error as Error).message.replace(/\s+/g, ' ')}`
  }
}
