import { isIPv4 } from 'node:net'

/** The 32 bits of a dotted quad as a number. */
function bits(address: string): number {
  return address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)
}

function dotted(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')
}

/** A subnet by any address in it, with the two addresses that no host can have. */
export interface Subnet {
  network: string
  broadcast: string
  prefix: number
}

/**
 * The subnet of an address.
 *
 * @example subnetOf('192.168.56.10', 24)?.broadcast // '192.168.56.255'
 * @returns undefined where the address is no IPv4 address or the prefix none for a network of hosts
 */
export function subnetOf(address: string, prefix: number): Subnet | undefined {
  if (!isIPv4(address) || !Number.isInteger(prefix) || prefix < 1 || prefix > 30) return undefined
  const size = 2 ** (32 - prefix)
  const first = Math.floor(bits(address) / size) * size
  return { network: dotted(first), broadcast: dotted(first + size - 1), prefix }
}

export function isInSubnet(address: string, subnet: Subnet): boolean {
  return subnetOf(address, subnet.prefix)?.network === subnet.network
}
