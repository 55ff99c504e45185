import type { z } from 'zod'
import { isAddress, isHostOf, isSubnet } from './address.ts'
import { hostsByGroup } from './groups.ts'
import type { TopologyData } from './schema.ts'

type Report = (path: readonly (string | number)[], message: string) => void

const checkGateways = (data: TopologyData, report: Report): void => {
  for (const [name, { subnet, gateway }] of Object.entries(data.networks))
    if (gateway && isSubnet(subnet) && !isHostOf(gateway, subnet))
      report(['networks', name, 'gateway'], `${gateway} is not an address of ${subnet}`)
}

const checkAddresses = (data: TopologyData, report: Report): void => {
  const owners = new Map(
    Object.entries(data.networks).map(([name, { gateway }]) => [gateway, `gateway of ${name}`]),
  )
  for (const [node, { addresses }] of Object.entries(data.nodes))
    for (const [network, address] of Object.entries(addresses)) {
      const path = ['nodes', node, 'addresses', network]
      const subnet = data.networks[network]?.subnet
      if (subnet === undefined) report(path, `there is no network ${network}`)
      else if (isSubnet(subnet) && isAddress(address) && !isHostOf(address, subnet))
        report(path, `${address} is not an address of ${subnet}`)
      const owner = owners.get(address)
      if (owner) report(path, `${address} is already the ${owner}`)
      owners.set(address, `address of ${node}`)
    }
}

// A node without a card in a network would shift its other cards: eth2 there is eth1 elsewhere.
const checkCards = (data: TopologyData, report: Report): void => {
  for (const [node, { addresses }] of Object.entries(data.nodes))
    for (const network of Object.keys(data.networks))
      if (!(network in addresses))
        report(['nodes', node, 'addresses'], `${node} has no address in ${network}`)
}

const checkVariables = (data: TopologyData, report: Report): void => {
  const groups = hostsByGroup(data.inventory)
  for (const [group, variables] of Object.entries(data.variables)) {
    const hosts = groups.get(group)
    if (!hosts) report(['variables', group], `there is no group ${group}`)
    for (const [name, source] of Object.entries(variables))
      if ('network' in source && !(source.network in data.networks))
        report(['variables', group, name, 'network'], `there is no network ${source.network}`)
      else if ('disk' in source)
        for (const node of hosts ?? [])
          if (!(source.disk in (data.nodes[node]?.disks ?? {})))
            report(['variables', group, name, 'disk'], `${node} has no disk ${source.disk}`)
  }
}

const checkHosts = (data: TopologyData, report: Report): void => {
  for (const host of hostsByGroup(data.inventory).get('all') ?? [])
    if (!(host in data.nodes)) report(['inventory'], `the host ${host} is no node`)
}

const checkLuns = (data: TopologyData, report: Report): void => {
  for (const [lun, { nodes }] of Object.entries(data.luns))
    nodes.forEach((node, index) => {
      const path = ['luns', lun, 'nodes', index]
      if (!(node in data.nodes)) report(path, `there is no node ${node}`)
      else if (lun in (data.nodes[node]?.disks ?? {})) report(path, `${node} has a disk ${lun} of its own`)
    })
}

/** Rules across the parts of a topology; each breach is reported at the value that breaks it. */
export const checkReferences = (data: TopologyData, context: z.core.$RefinementCtx<TopologyData>): void => {
  const report: Report = (path, message) =>
    context.addIssue({ code: 'custom', path: [...path], message, input: data })
  const checks = [checkGateways, checkAddresses, checkCards, checkVariables, checkHosts, checkLuns]
  for (const check of checks) check(data, report)
}
