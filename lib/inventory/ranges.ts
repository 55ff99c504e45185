import type { Place } from '../errors.ts'
import { wrong } from './problems.ts'

/** The most hosts that one range may stand for; more is a slip of the keyboard. */
const MOST = 65_536

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** What a host is called in an inventory: `web[01:50].example.com`, `db-[a:f]`, `host:2222`, `[::1]:22`. */
export interface HostPattern {
  names: string[]
  port: number | undefined
}

/**
 * Expands ranges `[begin:end]` and `[begin:end:step]`, of numbers or single letters, both ends included, and takes a
 * port off the end.
 *
 * @param place where it stands, for the error
 * @throws InvalidInput with what is wrong with a range
 * @see https://docs.ansible.com/ansible-core/2.14/inventory_guide/intro_inventory.html#adding-ranges-of-hosts
 */
export function expandHosts(text: string, place: Place): HostPattern {
  const { address, port } = splitPort(text)
  const names = expand(address)
  if (typeof names === 'string') throw wrong(`${names}: '${text}'`, place)
  return { names, port }
}

/** Only what looks like an address has a port; anything else is a name as it stands. */
export function splitPort(text: string): { address: string; port: number | undefined } {
  const [, bracketed, ofBracketed] = /^\[(.+)\]:([0-9]+)$/.exec(text) ?? []
  const [, plain, ofPlain] = /^((?:[^:[\]]|\[[^\]]*\])*):([0-9]+)$/.exec(text) ?? []
  const address = bracketed ?? plain
  if (address === undefined || !isAddress(address)) return { address: text, port: undefined }
  return { address, port: Number(ofBracketed ?? ofPlain) }
}

/** Whether a text is a host name, where ranges may stand for letters, or an IP address. */
export function isAddress(text: string): boolean {
  const range = String.raw`\[(?:[a-z]:[a-z]|[0-9]+:[0-9]+)(?::[0-9]+)?\]`
  const label = String.raw`(?:[\p{L}\p{N}_]|${range})(?:[\p{L}\p{N}_-]|${range})*(?<![_-])`
  const hostName = new RegExp(`^${label}(?:\\.${label})*$`, 'iu')
  return hostName.test(text) || /^(?=.*:.*:)[0-9a-f:]+(?:\d+\.\d+\.\d+\.\d+)?$/i.test(text)
}

function expand(text: string): string[] | string {
  const [, head = '', range, tail = ''] = /^([^[]*)\[([^\]]*)\](.*)$/s.exec(text) ?? []
  if (range === undefined) return text.includes('[') ? 'a host range has no end' : [text]
  const values = expandRange(range)
  if (typeof values === 'string') return values
  const names: string[] = []
  for (const value of values) {
    const rest = expand(tail)
    if (typeof rest === 'string') return rest
    if (names.length + rest.length > MOST) return `a host range stands for more than ${MOST} hosts`
    names.push(...rest.map((name) => `${head}${value}${name}`))
  }
  return names
}

function expandRange(range: string): string[] | string {
  const [begin = '', end = '', step = '1', ...more] = range.split(':')
  if (end === '' || more.length > 0) return 'a host range is [begin:end] or [begin:end:step]'
  if (!/^[1-9][0-9]*$/.test(step)) return 'the step of a host range is a whole number from 1 on'
  if (/^[a-zA-Z]$/.test(begin) && /^[a-zA-Z]$/.test(end)) return expandLetters(begin, end, Number(step))
  if (!/^[0-9]*$/.test(begin) || !/^[0-9]+$/.test(end))
    return 'a host range is of numbers or of single letters'
  return expandNumbers(begin, end, Number(step))
}

function expandLetters(begin: string, end: string, step: number): string[] | string {
  const [first, last] = [LETTERS.indexOf(begin), LETTERS.indexOf(end)]
  if (first > last) return 'a host range begins behind its end'
  return [...LETTERS.slice(first, last + 1)].filter((_letter, index) => index % step === 0)
}

/** A zero in front says how many digits all of them have. */
function expandNumbers(begin: string, end: string, step: number): string[] | string {
  const isPadded = begin.length > 1 && begin.startsWith('0')
  if (isPadded && begin.length !== end.length)
    return 'a host range with leading zeros needs both ends of one length'
  const [first, last] = [Number(begin), Number(end)]
  if (first > last) return 'a host range begins behind its end'
  const count = Math.floor((last - first) / step) + 1
  if (count > MOST) return `a host range stands for more than ${MOST} hosts`
  return Array.from({ length: count }, (_none, index) =>
    String(first + index * step).padStart(isPadded ? begin.length : 1, '0'),
  )
}
