// What a node would get from its package sources, and why it would have to restart. Asking changes nothing.
import { lines, sh } from 'runsheet'

/** @typedef {import('../cluster.mjs').Group} Group */
/** @typedef {'cluster' | 'all'} Extent which packages: those of the cluster, or whatever is installed */
/** @typedef {{ name: string, from: string, to: string }} Upgrade */

/** What the cluster itself has, beside its components: see base.mjs. */
const OF_THE_CLUSTER = ['heartbeat', 'resource-agents', 'cluster-glue']

/**
 * One `NAME PRESENT-VERSION NEW-VERSION` a line, as the lists of packages say that are there. A package that an earlier
 * run has left half configured is among them, with the version that it has.
 *
 * @param {Group} group
 * @param {Extent} extent
 */
export function pending({ packages }, extent) {
  const what =
    extent === 'all' ? ['dist-upgrade'] : ['--only-upgrade', 'install', ...OF_THE_CLUSTER, ...packages]
  return sh`
    planned=$(apt-get --simulate --quiet ${what}) || exit
    printf '%s\\n' "$planned" | awk '
      $1 == "Inst" && $3 ~ /^\\[/ { print $2, substr($3, 2, length($3) - 2), substr($4, 2); known[$2] = 1 }
      $1 == "Inst" { known[$2] = 1 }
      $1 == "Conf" && !known[$2] { print $2, "half-configured", substr($3, 2) }'`
}

/** Prints of when the lists of packages are, where that is more than an hour ago or before the sources that they are of. */
export const oldLists = sh`
  lists=/var/lib/apt/lists/partial
  [ -n "$(find $lists -prune -mmin -60)" ] &&
    [ -z "$(find /etc/apt/sources.list /etc/apt/sources.list.d -newer $lists 2>/dev/null)" ] ||
    date -r $lists '+%Y-%m-%d %H:%M' 2>/dev/null || echo 'an unknown time'`

/** @param {string} answer @returns {Upgrade[]} */
export function upgradesIn(answer) {
  return answer
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [name = '', from = '', to = ''] = line.split(' ')
      return { name, from, to }
    })
}

/**
 * Why nobody knows what is to be done, one sentence each: an answer that failed is as empty as one of a node that needs nothing.
 *
 * @param {readonly import('../variables.mjs').KnownNode[]} known
 */
export function untold(known) {
  return known.flatMap(({ name, facts }) =>
    ['pending', 'restart'].flatMap((question) => {
      const { exitCode = 1, stderr = '' } = facts[question] ?? {}
      return exitCode === 0 ? [] : [`${name} cannot tell what is to be updated: ${stderr.trim()}`]
    }),
  )
}

/** Sets `next` to the newest kernel that is installed, empty where linux-version(1) is not. */
const NEXT_KERNEL = sh`next=$(linux-version list 2>/dev/null | linux-version sort 2>/dev/null | tail -n 1)`

/**
 * One reason a line; nothing where the node need not restart.
 *
 * @param {Group} group
 */
export function restartReasons({ modules, daemons }) {
  return sh`
    [ ! -e /run/reboot-required ] || echo 'a package asks for it'
    ${NEXT_KERNEL}
    [ -z "$next" ] || [ "$next" = "$(uname -r)" ] || echo "kernel $next is installed, $(uname -r) runs"
    ${lines(
      modules.map(
        (module) => sh`
    loaded=$(cat /sys/module/${module}/srcversion 2>/dev/null) || loaded=
    [ -z "$loaded" ] || [ "$loaded" = "$(modinfo -F srcversion ${module})" ] || echo ${`another ${module} is installed than runs`}`,
      ),
    )}
    for unit in heartbeat ${daemons}; do
      main=$(systemctl show --property=MainPID --value "$unit") || continue
      case $(readlink "/proc/$main/exe") in *' (deleted)') echo "$unit runs a program that was replaced" ;; esac
    done`
}

/**
 * Whether the kernel that boots next has the modules without which the node comes back useless.
 *
 * @param {Group} group
 */
export function modulesAreThere({ modules }) {
  return sh`
    ${NEXT_KERNEL}
    for module in ${modules}; do modinfo -k "\${next:-$(uname -r)}" "$module" >/dev/null || exit 1; done`
}
