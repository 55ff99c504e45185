import type { Group, Members } from './groups.ts'
import type { Variable, Variables } from './variables.ts'
import type { VarsFiles } from './vars-files.ts'

/** All that speaks of hosts and groups. */
export interface Spoken {
  members: Members
  files: VarsFiles
  /** Where `group_vars` and `host_vars` lie, in the order of the sources. */
  folders: readonly string[]
  /** What `-e` says. */
  extra: Variables
}

/**
 * The variables of a host. What comes later wins: the inventory's own words about `all` and the other groups, then
 * `group_vars` about `all` and the other groups, then the inventory about the host, `host_vars`, and `-e`. Among groups
 * the deeper one wins, then the larger `ansible_group_priority`, then the name.
 *
 * @param memberOf all groups that the host is in, directly or by their children
 * @see https://docs.ansible.com/ansible-core/2.14/playbook_guide/playbooks_variables.html#understanding-variable-precedence
 */
export function variablesOf(host: string, memberOf: readonly Group[], spoken: Spoken): Variables {
  const { members, files, folders, extra } = spoken
  const groups = [...memberOf].sort(weaker)
  const all = groups.filter(({ name }) => name === 'all')
  const others = groups.filter(({ name }) => name !== 'all')
  const beside = (kind: 'group_vars' | 'host_vars', names: readonly string[]) =>
    folders.flatMap((folder) => names.map((name) => files.read(folder, kind, name)))
  const layers = [
    ...[...all, ...others].map(({ variables }) => variables),
    ...beside('group_vars', ['all']),
    ...beside(
      'group_vars',
      others.map(({ name }) => name),
    ),
    members.hosts.get(host)?.variables ?? new Map<string, Variable>(),
    ...beside('host_vars', [host]),
    extra,
  ]
  return new Map(layers.flatMap((layer) => [...layer]))
}

function weaker(left: Group, right: Group): number {
  return left.depth - right.depth || left.priority - right.priority || (left.name < right.name ? -1 : 1)
}
