import { readFileSync } from 'node:fs'
import { InvalidInput } from '../errors.ts'
import { isAddress, splitPort } from './ranges.ts'

type Groups = ReadonlyMap<string, readonly string[]>

/**
 * Selects hosts by Ansible's patterns: names, groups, globs, and regular expressions after `~`, joined by `,` or `:`,
 * where `&` keeps only those also in the next and `!` takes them away. `web[0]`, `web[-1]` and `web[0:2]` are the first,
 * the last and the first three of a group.
 *
 * @returns names in the inventory's order, and the parts of the pattern that match neither a group nor a host
 * @see https://docs.ansible.com/ansible-core/2.14/inventory_guide/intro_patterns.html
 */
export function selectHosts(
  pattern: string,
  hosts: readonly string[],
  groups: Groups,
): { selected: string[]; unmatched: string[] } {
  const unmatched: string[] = []
  let selected = new Set<string>()
  for (const part of inOrder(splitPattern(pattern))) {
    const matched = match(part.replace(/^[&!]/, ''), hosts, groups)
    if (!matched) unmatched.push(part)
    const named = new Set(matched)
    if (part.startsWith('!')) selected = new Set([...selected].filter((host) => !named.has(host)))
    else if (part.startsWith('&')) selected = new Set([...selected].filter((host) => named.has(host)))
    else selected = new Set([...selected, ...named])
  }
  return { selected: hosts.filter((host) => selected.has(host)), unmatched }
}

/**
 * The pattern that `-l` gives: `@FILE` stands for the lines of a file.
 *
 * @throws InvalidInput when the file cannot be read
 */
export function readLimit(limit: string): string {
  const parts = limit.split(',').flatMap((part) => (part.startsWith('@') ? linesOf(part.slice(1)) : [part]))
  return parts.join(',')
}

function linesOf(file: string): string[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n')
    return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'))
  } catch (error) {
    throw new InvalidInput([{ message: `cannot read the hosts of -l @${file}: ${(error as Error).message}` }])
  }
}

/** Colons stand also in addresses, with or without a port, and within brackets. */
function splitPattern(pattern: string): string[] {
  return pattern.split(',').flatMap((part) => {
    const text = part.trim()
    if (isAddress(splitPort(text).address)) return [text]
    return text.match(/(?:[^\s:[\]]|\[[^\]]*\])+/g) ?? []
  })
}

/** As in Ansible, what adds comes first, then what keeps, then what takes away, wherever they stand. */
function inOrder(parts: readonly string[]): string[] {
  const rank = (part: string) => (part.startsWith('!') ? 2 : part.startsWith('&') ? 1 : 0)
  const sorted = [...parts].sort((left, right) => rank(left) - rank(right))
  return sorted.some((part) => rank(part) === 0) || sorted.length === 0 ? sorted : ['all', ...sorted]
}

/** @returns undefined where nothing has that name */
function match(part: string, hosts: readonly string[], groups: Groups): readonly string[] | undefined {
  if (hosts.includes(part)) return [part]
  const [, name = part, subscript] = part.startsWith('~')
    ? []
    : (/^(.+)\[(-?\d+|\d+[:-]\d*)\]$/.exec(part) ?? [])
  const found = matchName(name, hosts, groups)
  return found && subscript !== undefined ? cut(found, subscript) : found
}

function matchName(name: string, hosts: readonly string[], groups: Groups): readonly string[] | undefined {
  if (name === '*') return hosts
  const expression = toExpression(name)
  const named = [...groups.keys()].filter((group) => expression.test(group))
  const members = named.flatMap((group) => groups.get(group) ?? [])
  // A name that is a group's is not looked for among the hosts, unless it may mean several.
  const ofHosts =
    named.length === 0 || /^~|[.?*[]/.test(name) ? hosts.filter((host) => expression.test(host)) : []
  return named.length + ofHosts.length === 0 ? undefined : [...new Set([...members, ...ofHosts])]
}

/** The first hosts count from 0, the last ones from -1; both ends of a range are meant. */
function cut(hosts: readonly string[], subscript: string): readonly string[] {
  const [first = '', last] = /^-/.test(subscript) ? [subscript] : subscript.split(/[:-]/)
  if (last === undefined) return hosts.slice(Number(first)).slice(0, 1)
  return hosts.slice(Number(first), last === '' ? undefined : Number(last) + 1)
}

/** A glob matches the whole name, an expression its beginning. */
function toExpression(name: string): RegExp {
  try {
    if (name.startsWith('~')) return new RegExp(`^(?:${name.slice(1)})`)
  } catch (error) {
    throw new InvalidInput([{ message: `'${name}' is not a pattern: ${(error as Error).message}` }])
  }
  const glob = name
    .replaceAll(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll(/\[!/g, '[^')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  // A bracket without an end is a bracket.
  return new RegExp(`^${/\[[^\]]+\]/.test(glob) ? glob : glob.replaceAll(/[[\]]/g, '\\$&')}$`)
}
