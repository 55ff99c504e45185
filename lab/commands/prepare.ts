import { existsSync, writeFileSync } from 'node:fs'
import { LabError } from '../errors.ts'
import { imagePaths } from '../image/paths.ts'
import { publicKey, renderKnownHosts } from '../instance/keys.ts'
import { type CreatedLab, nodeNames } from '../instance/lab.ts'
import { freePort, portsOfOthers } from '../instance/ports.ts'
import { ensureSecrets } from '../instance/secrets.ts'
import { writeState } from '../instance/state.ts'
import { deadNetworks, startNetworks } from '../network/networks.ts'
import { detectAccel } from '../qemu/accel.ts'
import { isOn } from '../qemu/machine.ts'
import { renderInventory, wayTo } from '../topology/inventory.ts'

const checkImage = (lab: CreatedLab): void => {
  if (existsSync(imagePaths(lab.cache, lab.state.image).disk)) return
  throw new LabError(
    `the image ${lab.state.image}, over which the disks of ${lab.name} lie, is gone`,
    'the disks cannot be read without it; type: npm run lab -- destroy, then up',
  )
}

// A port that was ours may have been taken while the node was off.
const choosePorts = async (lab: CreatedLab): Promise<Record<string, number>> => {
  const ports: Record<string, number> = {}
  const others = portsOfOthers(lab.cache, lab.name)
  for (const node of nodeNames(lab)) {
    const known = lab.state.ports[node]
    const taken = [...others, ...Object.values(ports)]
    ports[node] = isOn(lab, node) && known ? known : await freePort(known, taken)
  }
  return ports
}

const writeConnections = ({ paths, state, topology }: CreatedLab, nodes: readonly string[]): void => {
  const connection = { keyFile: paths.keyFile, knownHosts: paths.knownHosts }
  const of = (node: string) => state.ports[node] as number
  const keys = nodes.map((node) => [of(node), publicKey(paths.hostKey(node))] as const)
  writeFileSync(paths.knownHosts, renderKnownHosts(keys))
  const ways = Object.fromEntries(nodes.map((node) => [node, wayTo({ port: of(node), ...connection })]))
  writeFileSync(paths.inventory, renderInventory(topology, ways))
}

// QEMU does not reconnect to a switch that was started anew: the node would be alone without anybody's fault.
const checkNetworks = (lab: CreatedLab): void => {
  const dead = deadNetworks(lab.paths, lab.topology)
  const on = nodeNames(lab).filter((node) => isOn(lab, node))
  if (dead.length > 0 && on.length > 0)
    throw new LabError(
      `the switch of ${dead.join(', ')} has died under ${on.join(', ')}`,
      'type: npm run lab -- down, then up',
    )
}

/** Prepares what nodes need around them, in the order of dependence, and gives the lab with its present state. */
export const prepare = async (lab: CreatedLab): Promise<CreatedLab> => {
  checkImage(lab)
  checkNetworks(lab)
  const anyOn = nodeNames(lab).some((node) => isOn(lab, node))
  const accel = anyOn ? lab.state.accel : detectAccel()
  const ready = { ...lab, state: { ...lab.state, accel, ports: await choosePorts(lab) } }
  writeState(ready.paths.state, ready.state)
  await startNetworks(ready.paths, ready.topology)
  ensureSecrets(ready)
  writeConnections(ready, nodeNames(ready))
  return ready
}
