import type { z } from 'zod'
import { isAddress, isHostOf, isSubnet } from './address.ts'
import type { TopologyData } from './schema.ts'

type Report = (path: readonly string[], message: string) => void

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
  for (const [name, source] of Object.entries(data.variables))
    if ('network' in source && !(source.network in data.networks))
      report(['variables', name, 'network'], `there is no network ${source.network}`)
    else if ('disk' in source)
      for (const [node, { disks }] of Object.entries(data.nodes))
        if (!(source.disk in disks)) report(['variables', name, 'disk'], `${node} has no disk ${source.disk}`)
}

/** Rules across the parts of a topology; each breach is reported at the value that breaks it. */
export const checkReferences = (data: TopologyData, context: z.core.$RefinementCtx<TopologyData>): void => {
  const report: Report = (path, message) =>
    context.addIssue({ code: 'custom', path: [...path], message, input: data })
  for (const check of [checkGateways, checkAddresses, checkCards, checkVariables]) check(data, report)
}
