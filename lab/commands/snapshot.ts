import { LabError } from '../errors.ts'
import { waitUntilReady } from '../guest/ready.ts'
import { inGuest } from '../guest/ssh.ts'
import { run } from '../host/run.ts'
import { type CreatedLab, nodeNames } from '../instance/lab.ts'
import { changeState } from '../instance/state.ts'
import { applyCuts, cutPower, isOn, pause, powerOf, resume, startPaused } from '../qemu/machine.ts'
import { loadNode, saveNode } from '../qemu/snapshot.ts'
import { prepare } from './prepare.ts'

/** The snapshot that `up` takes when a new lab has booted for the first time. */
export const freshSnapshot = 'fresh'

const checkName = (name: string): void => {
  if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(name))
    throw new LabError(`${name} cannot name a snapshot`, 'use letters, digits and dashes, a letter first')
}

// A machine has the file of a LUN open: its content is replaced, not the file.
const copy = (from: string, to: string): Promise<unknown> => run(['cp', '--sparse=always', from, to])

const luns = ({ paths, topology }: CreatedLab, snapshot: string) =>
  Object.keys(topology.luns).map((name) => ({
    disk: paths.lun(name),
    saved: paths.savedLun(name, snapshot),
  }))

// Forgotten before it is overwritten: one that was broken off has parts of two moments.
const savePaused = async (lab: CreatedLab, name: string): Promise<void> => {
  changeState(lab.paths.state, ({ snapshots: { [name]: _, ...others }, ...state }) => ({
    ...state,
    snapshots: others,
  }))
  await Promise.all(nodeNames(lab).map((node) => saveNode(lab, node, name)))
  for (const { disk, saved } of luns(lab, name)) await copy(disk, saved)
  changeState(lab.paths.state, (state) => ({
    ...state,
    snapshots: { ...state.snapshots, [name]: state.cuts },
  }))
}

/** Saves all nodes at one moment: memory, disks, LUNs, cables. Throws LabError if a node is off. */
export const takeSnapshot = async (lab: CreatedLab, name: string): Promise<void> => {
  checkName(name)
  const nodes = nodeNames(lab)
  const off = nodes.filter((node) => !isOn(lab, node))
  if (off.length > 0)
    throw new LabError(`${off.join(', ')} is off, and a snapshot holds all nodes`, 'start it first')
  const powers = await Promise.all(nodes.map((node) => powerOf(lab, node)))
  lab.log(`saving the snapshot ${name}`)
  await Promise.all(nodes.map((node) => pause(lab, node)))
  try {
    await savePaused(lab, name)
  } finally {
    await Promise.all(
      nodes.filter((_, index) => powers[index] === 'running').map((node) => resume(lab, node)),
    )
  }
}

// In a QEMU of its own: one that has run on keeps the processor's time stamps from going back (cpu_get_ticks), so that all
// the time since the snapshot would pass in the guest at once, and heartbeat would take its peer for dead.
const loadPaused = async (lab: CreatedLab, node: string, name: string): Promise<void> => {
  await cutPower(lab, node)
  await startPaused(lab, node)
  await loadNode(lab, node, name)
  await applyCuts(lab, node)
}

// The guest wakes with the time at which it was saved.
const setClock = async (lab: CreatedLab, node: string): Promise<void> => {
  await waitUntilReady(lab, node)
  const { code, stderr } = await inGuest(lab, node, `sudo date -u -s @${Math.ceil(Date.now() / 1000)}`, {
    timeout: 60_000,
  })
  if (code !== 0) throw new LabError(`the clock of ${node} could not be set: ${stderr.trim()}`)
}

/** Brings all nodes back to a snapshot, whatever they do now. Throws LabError if there is none of that name. */
export const restoreSnapshot = async (lab: CreatedLab, name: string): Promise<void> => {
  const cuts = lab.state.snapshots[name]
  const known = Object.keys(lab.state.snapshots)
  if (!cuts)
    throw new LabError(`there is no snapshot ${name}`, `take one of: ${known.join(', ') || '(none yet)'}`)
  const ready = await prepare({ ...lab, state: { ...lab.state, cuts } })
  const nodes = nodeNames(ready)
  ready.log(`restoring the snapshot ${name}`)
  await Promise.all(nodes.map((node) => loadPaused(ready, node, name)))
  for (const { disk, saved } of luns(ready, name)) await copy(saved, disk)
  await Promise.all(nodes.map((node) => resume(ready, node)))
  await Promise.all(nodes.map((node) => setClock(ready, node)))
}

/**
 * An empty machine in the place of a node, with its name, addresses and keys: memory and disks are those of its first
 * boot. Its snapshots stay, so that `restore` brings the old one back.
 */
export const replaceNode = async (lab: CreatedLab, node: string): Promise<void> => {
  const ready = await prepare(lab)
  await loadPaused(ready, node, freshSnapshot)
  await resume(ready, node)
  await setClock(ready, node)
}
