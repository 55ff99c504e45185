import { rmSync } from 'node:fs'
import { inGuest } from '../guest/ssh.ts'
import { waitForEnd } from '../host/daemon.ts'
import { type CreatedLab, type Lab, nodeNames } from '../instance/lab.ts'
import { stopNetworks } from '../network/networks.ts'
import { cutPower, isOn, powerOf } from '../qemu/machine.ts'

/** Milliseconds that a node gets to shut down before its power is cut. */
const patience = 90_000

const shutDown = async (lab: CreatedLab, node: string): Promise<void> => {
  if ((await powerOf(lab, node).catch(() => 'frozen')) !== 'running') return
  lab.log(`shutting ${node} down`)
  const { code } = await inGuest(lab, node, 'sudo systemctl poweroff', { timeout: 30_000 })
  // ssh is often cut off before it has an answer (255); any other failure means that nothing will happen.
  if (code === 0 || code === 255) await waitForEnd(lab.paths.node(node).pid, patience)
}

const stopNode = async (lab: CreatedLab, node: string): Promise<void> => {
  await shutDown(lab, node)
  if (!isOn(lab, node)) return
  lab.log(`cutting the power of ${node}`)
  await cutPower(lab, node)
}

/** Shuts the nodes down, the last one first, then stops the networks. Nothing runs afterwards. */
export const takeDown = async (lab: CreatedLab): Promise<void> => {
  for (const node of nodeNames(lab).reverse()) await stopNode(lab, node)
  await stopNetworks(lab.paths, lab.topology)
}

/** Stops everything at once and deletes what there is of the lab, even half of one. The image stays. */
export const destroyLab = async (lab: Lab): Promise<void> => {
  lab.log(`deleting the lab ${lab.name}`)
  for (const node of nodeNames(lab)) await cutPower(lab, node)
  await stopNetworks(lab.paths, lab.topology)
  rmSync(lab.paths.folder, { recursive: true, force: true })
}
