import { defineResource } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { isAccount, problemsOf } from './checks.ts'
import { asked, fail } from './snippets.ts'

/**
 * A group of /etc/group. One that exists is never renumbered: its files would change hands.
 *
 * @example group({ name: 'nagcmd', gid: 5002 })
 */
export interface Group {
  /** As in /etc/group. */
  name: string
  /** Equal on both nodes where they share a disk. */
  gid?: number
  /** A new group gets a number of the system's range: groupadd(8), `-r`. */
  system?: boolean
}

/** @see Group */
export const group = defineResource<Group>({
  kind: 'group',
  id: ({ name }) => name,
  problems: ({ name }) => problemsOf([isAccount(name), `no group can be called ${name}`]),
  probe: ({ name, gid }) => sh`
    ${findGroup(name)}
    if [ -z "$gid" ]; then
      echo group absent
    else
      echo group present
      ${gid === undefined ? sh`:` : sh`echo "gid $gid"`}
    fi
  `,
  expect: ({ gid }) => ({ group: 'present', ...asked({ gid }) }),
  apply: (want) => sh`
    ${findGroup(want.name)}
    if [ -z "$gid" ]; then
      groupadd ${want.system ? ['-r'] : []} ${want.gid === undefined ? [] : ['-g', want.gid]} ${want.name}
    ${want.gid === undefined ? sh`` : sh`elif [ "$gid" != ${want.gid} ]; then ${refuse(want.name, want.gid)}`}
    fi
  `,
})

function refuse(name: string, gid: number): Shell {
  return fail(
    sh`"the group ${name} has the gid $gid; its files would be lost to it. By hand: "`,
    sh`"groupmod -g ${gid} ${name}, then find / -xdev -gid $gid -exec chgrp -h ${name} {} +"`,
  )
}

/** Sets `gid`, empty where the group is absent. Builtins alone; accounts of LDAP are not ours to make. */
export function findGroup(name: string): Shell {
  return sh`
    gid=
    while IFS=: read -r entry _ number _; do
      [ "$entry" != ${name} ] || gid=$number
    done < /etc/group
  `
}
