const octets = (text: string): number[] => text.split('.').map(Number)

/** Whether a text is four numbers below 256 with dots between. */
export const isAddress = (text: string): boolean =>
  /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && octets(text).every((octet) => octet < 256)

/** Whether a text is an address, a slash and a number of bits up to 30 (less leaves no two hosts). */
export const isSubnet = (text: string): boolean => {
  const [address = '', bits = '', ...rest] = text.split('/')
  return isAddress(address) && /^\d{1,2}$/.test(bits) && Number(bits) <= 30 && rest.length === 0
}

const toNumber = (address: string): number => octets(address).reduce((sum, octet) => sum * 256 + octet, 0)

/** The number of bits of a subnet such as 192.168.56.0/24. */
export const prefixOf = (subnet: string): number => Number(subnet.split('/')[1])

/** Whether an address can be a host's in a subnet: inside, and neither its first nor its last. */
export const isHostOf = (address: string, subnet: string): boolean => {
  const size = 2 ** (32 - prefixOf(subnet))
  const first = Math.floor(toNumber(subnet.split('/')[0] ?? '') / size) * size
  const offset = toNumber(address) - first
  return offset > 0 && offset < size - 1
}
