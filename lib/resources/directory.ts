import { defineResource } from '../resource/contract.ts'
import { sh } from '../shell/sh.ts'
import { accessProblems, isPath, problemsOf } from './checks.ts'
import { type Access, accessState, fail, printAccess, printKind, setAccess } from './snippets.ts'

/**
 * A directory, with its parents. A symbolic link to a directory counts as one, since a service's data often
 * moves to another disk that way.
 *
 * @example directory({ path: '/var/lib/mysql', mode: '0700', owner: 'mysql', group: 'mysql' })
 */
export interface Directory extends Access {
  /** Absolute. Parents that are missing get root and 0755. */
  path: string
}

/** @see Directory */
export const directory = defineResource<Directory>({
  kind: 'directory',
  id: ({ path }) => path,
  problems: (want) => [
    ...problemsOf([isPath(want.path), `the path of a directory is absolute: ${want.path}`]),
    ...accessProblems(want),
  ],
  needs: (want) => (Object.keys(accessState(want)).length === 0 ? [] : ['stat']),
  probe: (want) => sh`
    if [ -d ${want.path} ]; then
      echo kind directory
      ${printAccess(want.path, want)}
    else
      ${printKind(want.path)}
    fi
  `,
  expect: (want) => ({ kind: 'directory', ...accessState(want) }),
  apply: (want) => sh`
    if [ ! -d ${want.path} ]; then
      if [ -e ${want.path} ]; then ${fail(want.path, ' is there and is no directory: move it away')}; fi
      mkdir -p ${want.path}
    fi
    ${setAccess(want.path, want)}
  `,
})
