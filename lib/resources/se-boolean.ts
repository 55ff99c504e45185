import { CANNOT_TELL, defineResource } from '../resource/contract.ts'
import { sh } from '../shell/sh.ts'
import { problemsOf } from './checks.ts'

/**
 * A boolean of the SELinux policy, now and after a boot. Where SELinux is off, or the policy does not know the
 * boolean yet, the state is unknown. It takes semanage(8), of policycoreutils-python-utils. Not run on a real system.
 *
 * @example seBoolean({ name: 'httpd_can_network_connect', value: true })
 */
export interface SeBoolean {
  /** As `getsebool -a` lists it. */
  name: string
  /** On or off. */
  value: boolean
}

/** @see SeBoolean */
export const seBoolean = defineResource<SeBoolean>({
  kind: 'se-boolean',
  id: ({ name }) => name,
  problems: ({ name }) =>
    problemsOf([/^[A-Za-z_]\w*$/.test(name), `no boolean of SELinux can be called ${name}`]),
  needs: () => ['semanage'],
  // The kernel shows `1 1`, the value and what a commit waits for; semanage lists `name (on , off) text`, the value
  // and what a boot makes of it.
  probe: ({ name }) => sh`
    if [ ! -e ${`/sys/fs/selinux/booleans/${name}`} ]; then
      echo ${`SELinux is off, or its policy has no ${name} yet`} >&2
      exit ${CANNOT_TELL}
    fi
    read -r live _ < ${`/sys/fs/selinux/booleans/${name}`} || :
    case $live in 1) echo live yes ;; *) echo live no ;; esac
    listed=$(semanage boolean -l) || exit ${CANNOT_TELL}
    newline='
    '
    listed=$newline$listed
    case $listed in *"$newline"${name}[!a-zA-Z0-9_]*) ;; *) listed= ;; esac
    entry=\${listed#*"$newline"${name}[!a-zA-Z0-9_]}
    entry=\${entry%%"$newline"*}
    entry=\${entry#*,}
    set -f
    set -- \${entry%%)*}
    case \${1:-} in on) echo persistent yes ;; off) echo persistent no ;; *) echo persistent unknown ;; esac
  `,
  expect: ({ value }) => ({ live: value, persistent: value }),
  // `-P` sets the running kernel, too: setsebool(8).
  apply: ({ name, value }) => sh`setsebool -P ${name} ${value ? 'on' : 'off'}`,
})
