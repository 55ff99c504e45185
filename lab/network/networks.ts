import { rmSync } from 'node:fs'
import { daemonPid, stopDaemon } from '../host/daemon.ts'
import { run } from '../host/run.ts'
import type { LabPaths } from '../instance/paths.ts'
import { checkSocketLength } from '../instance/paths.ts'
import type { Topology } from '../topology/load.ts'
import { gatewayArgv, switchArgv } from './argv.ts'

const startNetwork = async (paths: LabPaths, topology: Topology, network: string): Promise<void> => {
  const { socket, pid, gatewayPid } = paths.network(network)
  checkSocketLength(socket)
  if (daemonPid(pid) === undefined) {
    await stopDaemon(gatewayPid) // it hangs on a switch that is gone
    await stopDaemon(pid)
    rmSync(socket, { recursive: true, force: true })
    await run(switchArgv(paths, network))
  }
  const gateway = gatewayArgv(paths, topology, network)
  if (gateway && daemonPid(gatewayPid) === undefined) await run(gateway)
}

/** Starts the switch and the gateway of each network that lacks them. */
export const startNetworks = async (paths: LabPaths, topology: Topology): Promise<void> => {
  for (const network of Object.keys(topology.networks)) await startNetwork(paths, topology, network)
}

/** The networks whose switch does not run. */
export const deadNetworks = (paths: LabPaths, topology: Topology): string[] =>
  Object.keys(topology.networks).filter((network) => daemonPid(paths.network(network).pid) === undefined)

/** Ends all switches and gateways. */
export const stopNetworks = async (paths: LabPaths, topology: Topology): Promise<void> => {
  for (const network of Object.keys(topology.networks)) {
    const { socket, pid, gatewayPid } = paths.network(network)
    await stopDaemon(gatewayPid)
    await stopDaemon(pid)
    rmSync(socket, { recursive: true, force: true })
  }
}
