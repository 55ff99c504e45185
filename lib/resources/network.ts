import { isIP } from 'node:net'

/** An address with the length of its prefix. */
export interface Network {
  version: 4 | 6
  /** With all bits of hosts zero, and as inet_ntop(3) writes it: the way in which a kernel shows it. */
  address: string
  length: number
}

/** Reads `10.0.0.0/8` or a lone address; undefined where it is neither. */
export function networkOf(text: string): Network | undefined {
  const [address = '', prefix, ...more] = text.split('/')
  const version = isIP(address)
  const bits = version === 6 ? 128 : 32
  const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN
  if ((version !== 4 && version !== 6) || more.length > 0 || !(length <= bits) || address.includes('%'))
    return undefined
  const mask = ((1n << BigInt(length)) - 1n) << BigInt(bits - length)
  return { version, address: written(numberOf(address, version) & mask, version), length }
}

function numberOf(address: string, version: 4 | 6): bigint {
  if (version === 4) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)
  // The host of a URL is written in one way, with hexadecimal groups alone.
  const [left = '', right] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const [head, tail] = [left, right ?? ''].map((half) => half.split(':').filter(Boolean)) as [
    string[],
    string[],
  ]
  const middle = Array<string>(8 - head.length - tail.length).fill('0')
  return [...head, ...middle, ...tail].reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n)
}

function written(number: bigint, version: 4 | 6): string {
  const [count, size, radix] = version === 4 ? [4, 8n, 10] : [8, 16n, 16]
  const parts = Array.from({ length: count }, (_, index) => {
    const shift = size * BigInt(count - 1 - index)
    return ((number >> shift) & ((1n << size) - 1n)).toString(radix)
  })
  return version === 4 ? parts.join('.') : new URL(`http://[${parts.join(':')}]`).hostname.slice(1, -1)
}
