import { CANNOT_TELL, defineResource } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { isLine, isPath, problemsOf } from './checks.ts'

/**
 * The SELinux type of a path: the local rule that labels it, semanage-fcontext(8), and the labels themselves,
 * restorecon(8). Where SELinux is off the state is unknown. It takes semanage, of policycoreutils-python-utils.
 * Not run on a real system.
 *
 * @example seContext({ path: '/srv/www', type: 'httpd_sys_content_t', recursive: true })
 */
export interface SeContext {
  /** Absolute, and no pattern. What is not there yet gets its label when it is made or restored. */
  path: string
  /** The third part of a context, as `ls -Z` shows it. */
  type: string
  /** Also for all that is below the path. */
  recursive?: true
}

/** @see SeContext */
export const seContext = defineResource<SeContext>({
  kind: 'se-context',
  id: ({ path }) => path,
  problems: ({ path, type }) =>
    problemsOf(
      [
        isPath(path) && isLine(path) && !/\s/.test(path),
        `a path with a context is absolute and without blanks: ${path}`,
      ],
      [/^[a-z]\w*_t$/.test(type), `no type of SELinux: ${type}`],
    ),
  needs: () => ['semanage', 'restorecon'],
  probe: (want) => sh`
    if [ ! -d /sys/fs/selinux/booleans ]; then
      echo 'SELinux is off' >&2
      exit ${CANNOT_TELL}
    fi
    ${readRule(want)}
    echo "rule $rule"
    wrong=
    if [ -e ${want.path} ] || [ -L ${want.path} ]; then
      wrong=$(restorecon -n -v ${want.recursive ? ['-R'] : []} ${want.path})
    fi
    if [ -z "$wrong" ]; then echo labels right; else echo labels wrong; fi
  `,
  expect: ({ type }) => ({ rule: type, labels: 'right' }),
  // A rule that the policy itself has is no local one, and semanage adds none beside it: it changes that.
  apply: (want) => sh`
    semanage fcontext -a -t ${want.type} ${pattern(want)} 2> /dev/null || semanage fcontext -m -t ${want.type} ${pattern(want)}
    if [ -e ${want.path} ] || [ -L ${want.path} ]; then
      restorecon ${want.recursive ? ['-R'] : []} ${want.path}
    fi
  `,
})

/** semanage takes expressions of Perl. */
function pattern({ path, recursive }: SeContext): string {
  const literal = path.replaceAll(/[.^$*+?()[\]{}|\\]/g, '\\$&')
  return recursive ? `${literal}(/.*)?` : literal
}

/** Sets `rule`. Among the local rules, which semanage lists as `PATTERN  all files  USER:ROLE:TYPE:LEVEL`. */
function readRule(want: SeContext): Shell {
  return sh`
    rule=none
    listed=$(semanage fcontext -l -C -n) || exit ${CANNOT_TELL}
    IFS='
    '
    set -f
    for entry in $listed; do
      IFS=' '
      set -- $entry
      if [ "$1" = ${pattern(want)} ] && [ "\${2:-} \${3:-}" = 'all files' ]; then
        IFS=:
        set -- \${4:-}
        rule=\${3:-none}
      fi
    done
    unset IFS
  `
}
