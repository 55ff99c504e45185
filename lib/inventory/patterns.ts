/**
 * Selects hosts by Ansible's patterns: names, groups and globs joined by `,` or `:`, where `&` keeps only
 * those also in the next and `!` takes them away.
 *
 * @returns names in the inventory's order, and the parts of the pattern that match nothing
 */
export function selectHosts(
  pattern: string,
  hosts: readonly string[],
  groups: ReadonlyMap<string, readonly string[]>,
): { selected: string[]; unmatched: string[] } {
  const unmatched: string[] = []
  let selected = new Set<string>()
  for (const part of inOrder(pattern.split(/[,:]/).filter(Boolean))) {
    const named = new Set(match(part.replace(/^[&!]/, '')))
    if (named.size === 0) unmatched.push(part)
    if (part.startsWith('!')) selected = new Set([...selected].filter((host) => !named.has(host)))
    else if (part.startsWith('&')) selected = new Set([...selected].filter((host) => named.has(host)))
    else selected = new Set([...selected, ...named])
  }
  return { selected: hosts.filter((host) => selected.has(host)), unmatched }

  function match(name: string): readonly string[] {
    if (name === 'all' || name === '*') return hosts
    const glob = new RegExp(
      `^${name
        .replaceAll(/[.+^${}()|\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
    )
    const inGroups = [...groups].filter(([group]) => glob.test(group)).flatMap(([, members]) => members)
    return [...inGroups, ...hosts.filter((host) => glob.test(host))]
  }
}

/** As in Ansible, what adds comes first, then what keeps, then what takes away, wherever they stand. */
function inOrder(parts: readonly string[]): string[] {
  const rank = (part: string) => (part.startsWith('!') ? 2 : part.startsWith('&') ? 1 : 0)
  return [...parts].sort((left, right) => rank(left) - rank(right))
}
