import { defineResource } from '../resource/contract.ts'
import { lines, type Shell, sh } from '../shell/sh.ts'
import { isAccount, isPath, problemsOf } from './checks.ts'
import { findGroup } from './group.ts'
import { asked, fail } from './snippets.ts'

/**
 * A user of /etc/passwd. One that exists is never renumbered nor moved to another primary group: its files
 * would change hands.
 *
 * @example user({ name: 'nagios', uid: 5001, group: 'nagios', groups: ['nagcmd'], home: '/usr/local/nagios' })
 */
export interface User {
  /** As in /etc/passwd. */
  name: string
  /** Equal on both nodes where they share a disk. */
  uid?: number
  /** The name of the primary group, which must be there; by default a new user's own, or what useradd gives. */
  group?: string
  /** Supplementary groups, which must be there; the user keeps those that are not named. */
  groups?: readonly string[]
  /** The path of the home directory; `directory` makes it. */
  home?: string
  /** The path of the login shell. */
  shell?: string
  /** A new user gets a number of the system's range: useradd(8), `-r`. */
  system?: boolean
}

/** @see User */
export const user = defineResource<User>({
  kind: 'user',
  id: ({ name }) => name,
  problems: ({ name, group = 'x', groups = [], home = '/x', shell = '/x' }) =>
    problemsOf(
      [isAccount(name), `no user can be called ${name}`],
      ...[group, ...groups].map((one) => [isAccount(one), `no group can be called ${one}`] as const),
      [isPath(home) && !/[:\n]/.test(home), `the path of a home is absolute: ${home}`],
      [isPath(shell) && !/[:\n]/.test(shell), `the path of a shell is absolute: ${shell}`],
    ),
  probe: (want) => sh`
    ${findUser(want.name)}
    if [ $found = no ]; then
      echo user absent
    else
      echo user present
      ${printFields(want)}
    fi
  `,
  expect: ({ uid, group, groups, home, shell }) => ({
    user: 'present',
    ...asked({ uid, group, groups: groups?.join(','), home, shell }),
  }),
  apply: (want) => sh`
    ${findUser(want.name)}
    if [ $found = no ]; then
      ${create(want)}
    else
      ${change(want)}
    fi
  `,
})

/** Sets `found`, `uid`, `home`, `shell`, `group` and `groups`. Builtins alone: two small files. */
function findUser(name: string): Shell {
  return sh`
    found=no
    while IFS=: read -r entry _ uid gid _ home shell; do
      if [ "$entry" = ${name} ]; then found=yes; break; fi
    done < /etc/passwd
    group= groups=,
    while IFS=: read -r entry _ number members; do
      [ "$number" != "$gid" ] || group=$entry groups=$groups$entry,
      case ,$members, in *,${name},*) groups=$groups$entry, ;; esac
    done < /etc/group
  `
}

function printFields({ uid, group, groups, home, shell }: User): Shell {
  return lines([
    ...(uid === undefined ? [] : [sh`echo "uid $uid"`]),
    ...(group === undefined ? [] : [sh`echo "group $group"`]),
    ...(groups === undefined ? [] : [printGroups(groups)]),
    ...(home === undefined ? [] : [sh`printf 'home %s\\n' "$home"`]),
    ...(shell === undefined ? [] : [sh`printf 'shell %s\\n' "$shell"`]),
  ])
}

function printGroups(groups: readonly string[]): Shell {
  return sh`
    member=
    for one in ${groups}; do
      case $groups in *,$one,*) member=$member\${member:+,}$one ;; esac
    done
    echo "groups $member"
  `
}

function create(want: User): Shell {
  const options = [
    ...(want.system ? ['-r'] : []),
    ...(want.uid === undefined ? [] : ['-u', want.uid]),
    ...(want.group === undefined ? [] : ['-g', want.group]),
    ...(want.groups?.length ? ['-G', want.groups.join(',')] : []),
    ...(want.home === undefined ? [] : ['-d', want.home]),
    ...(want.shell === undefined ? [] : ['-s', want.shell]),
    want.name,
  ]
  if (want.group !== undefined) return sh`useradd -M ${options}`
  // useradd refuses where the user's own group is there already, unless it is named.
  return sh`
    ${findGroup(want.name)}
    useradd -M \${gid:+-g "$gid"} ${options}
  `
}

function change({ name, uid, group, groups, home, shell }: User): Shell {
  const options = [
    ...(groups?.length ? ['-a', '-G', groups.join(',')] : []),
    ...(home === undefined ? [] : ['-d', home]),
    ...(shell === undefined ? [] : ['-s', shell]),
  ]
  return sh`
    ${uid === undefined ? sh`` : refuseRenumbering(name, uid)}
    ${group === undefined ? sh`` : refuseRegrouping(name, group)}
    ${options.length === 0 ? sh`:` : sh`usermod ${options} ${name}`}
  `
}

function refuseRenumbering(name: string, uid: number): Shell {
  const refusal = fail(
    sh`"the user ${name} has the uid $uid; its files would change hands. Stop what runs as it, then by hand: "`,
    sh`"usermod -u ${uid} ${name}, then find / -xdev -uid $uid -exec chown -h ${name} {} +"`,
  )
  return sh`[ "$uid" = ${uid} ] || ${refusal}`
}

function refuseRegrouping(name: string, group: string): Shell {
  const refusal = fail(
    sh`"the user ${name} has the group $group; its files would change hands. Stop what runs as it, "`,
    sh`"then by hand: usermod -g ${group} ${name}"`,
  )
  return sh`[ "$group" = ${group} ] || ${refusal}`
}
