import type { LabPaths } from '../instance/paths.ts'
import { prefixOf } from '../topology/address.ts'
import type { Topology } from '../topology/load.ts'

/** The switch of a network: a process with a folder of sockets, no rights needed. Pure. */
export const switchArgv = (paths: LabPaths, network: string): string[] => {
  const { socket, pid } = paths.network(network)
  return ['vde_switch', '-daemon', '-sock', socket, '-mode', '0600', '-pidfile', pid]
}

/**
 * What answers at the gateway's address, or nothing if the network has none. libslirp knows each station that asks; the
 * older one in slirpvde knows one, and sent the answers for all others to whoever had last asked for its address. Pure.
 */
export const gatewayArgv = (paths: LabPaths, topology: Topology, network: string): string[] | undefined => {
  const { subnet, gateway } = topology.networks[network] ?? {}
  if (!subnet || !gateway) return undefined
  const { socket, gatewayPid } = paths.network(network)
  // A slash ends an option of that address, and %2f is one that does not. Nobody is let through to this machine.
  const slirp = `slirp:///v4/addr=${gateway}%2f${prefixOf(subnet)}/disable_host_loopback`
  return ['vde_plug', '--daemon', '--pidfile', gatewayPid, `vde://${socket}`, slirp]
}
