import { defineResource } from '../resource/contract.ts'
import { sh } from '../shell/sh.ts'
import { isPath, problemsOf } from './checks.ts'
import { fail, printKind } from './snippets.ts'

/**
 * A symbolic link. A file or a directory with something in it that stands in its place is never removed.
 *
 * @example symlink({ path: '/var/lib/mysql', target: '/data/mysql' })
 */
export interface Symlink {
  /** Absolute. Its directory must be there; an empty directory in its place gives way. */
  path: string
  /** As the link holds it, relative to its directory or absolute; it need not exist. */
  target: string
}

/** @see Symlink */
export const symlink = defineResource<Symlink>({
  kind: 'symlink',
  id: ({ path }) => path,
  problems: ({ path, target }) =>
    problemsOf(
      [isPath(path), `the path of a link is absolute: ${path}`],
      [/[^\n]$/.test(target) && !target.includes('\0'), 'a target is not empty and ends in no newline'],
    ),
  needs: () => ['readlink'],
  probe: ({ path }) => sh`
    ${printKind(path)}
    [ ! -L ${path} ] || printf 'target %s\\n' "$(readlink ${path})"
  `,
  expect: ({ target }) => ({ kind: 'symlink', target }),
  apply: ({ path, target }) => sh`
    if [ ! -L ${path} ]; then
      if [ -d ${path} ]; then
        rmdir ${path} || ${fail(path, ' is a directory in the place of a link: move it away')}
      elif [ -e ${path} ]; then
        ${fail(path, ' is a file in the place of a link: move it away')}
      fi
    fi
    ln -sfn -- ${target} ${path}
  `,
})
