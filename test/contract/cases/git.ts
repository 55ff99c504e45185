import { git } from '../../../lib/resources/index.ts'
import { type Shell, sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'

const PATH = '/srv/git/checkout'

/** The second commit's; commits of equal content and dates are equal. */
const SECOND = '43308e7781c931a6036a1d97616e90dd679c506d'

/** A repository of two commits: `v1` is an annotated tag of the first, the branch `main` stands at the second. */
function makeRepository(path: string): Shell {
  return sh`
    rm -rf ${path}
    git init -q -b main ${path}
    (
      cd ${path}
      export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@a GIT_AUTHOR_DATE='2024-01-01T00:00:00Z'
      export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@a GIT_COMMITTER_DATE='2024-01-01T00:00:00Z'
      echo one > f; git add f; git commit -q -m one
      git tag -a -m 'the first' v1
      echo two > f; git commit -q -a -m two
    )
  `
}

const repository = '/srv/git/repository'

export const cases: readonly ContractCase[] = [
  {
    name: 'of a tag, in the place of changes',
    machine: 'debian',
    prepare: sh`
      ${makeRepository(repository)}
      rm -rf ${PATH}
      git clone -q ${repository} ${PATH}
      echo mine > ${`${PATH}/f`}
      echo kept > ${`${PATH}/untracked`}
    `,
    task: () => git({ path: PATH, repository, ref: 'v1', discard: true }),
    // The index of a repaired checkout differs in its times, so that no other drift leads back to the very bytes.
    drift: [{ field: 'repository', by: sh`git -C ${PATH} config remote.origin.url /nowhere` }],
  },
  {
    name: 'of a branch',
    machine: 'debian',
    prepare: sh`${makeRepository(`${repository}-2`)}; rm -rf ${`${PATH}-2`}`,
    task: () => git({ path: `${PATH}-2`, repository: `${repository}-2`, ref: 'main' }),
    drift: [],
  },
  {
    name: 'of a commit, which asks nothing of the network',
    machine: 'debian',
    prepare: sh`${makeRepository(`${repository}-3`)}; rm -rf ${`${PATH}-3`}; mkdir ${`${PATH}-3`}`,
    task: () => git({ path: `${PATH}-3`, repository: `${repository}-3`, ref: SECOND }),
    drift: [],
    hostile: (name) => git({ path: `/srv/git/${name}`, repository: `${repository}-3`, ref: 'v1' }),
  },
]
