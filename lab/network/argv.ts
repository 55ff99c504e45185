import type { LabPaths } from '../instance/paths.ts'
import { prefixOf } from '../topology/address.ts'
import type { Topology } from '../topology/load.ts'

/** The switch of a network: a process with a folder of sockets, no rights needed. Pure. */
export const switchArgv = (paths: LabPaths, network: string): string[] => {
  const { socket, pid } = paths.network(network)
  return ['vde_switch', '-daemon', '-sock', socket, '-mode', '0600', '-pidfile', pid]
}

/** What answers at the gateway's address, or nothing if the network has none. Pure. */
export const gatewayArgv = (paths: LabPaths, topology: Topology, network: string): string[] | undefined => {
  const { subnet, gateway } = topology.networks[network] ?? {}
  if (!subnet || !gateway) return undefined
  const { socket, gatewayPid } = paths.network(network)
  return [
    'slirpvde',
    '--daemon',
    '--pidfile',
    gatewayPid,
    '--host',
    `${gateway}/${prefixOf(subnet)}`,
    '-s',
    socket,
  ]
}
