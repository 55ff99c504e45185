import { CANNOT_TELL, defineResource } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { isPath, problemsOf } from './checks.ts'
import { asked, fail } from './snippets.ts'

/**
 * A checkout of a git repository. `HEAD` is detached at the commit, so that no branch of the clone is ever moved;
 * files that git does not track stay. Changes of tracked files are a refusal, unless `discard` gives them up.
 * Submodules are left alone. Where the repository cannot be asked the state is unknown.
 *
 * @example git({ path: '/opt/tools', repository: 'https://git.example.org/tools.git', ref: 'v1.4' })
 */
export interface Git {
  /** Absolute. A directory that is not empty and no checkout is refused. */
  path: string
  /** A URL or a path as git-clone(1) takes it. Keys and passwords are git's own affair on the target. */
  repository: string
  /**
   * A branch, a tag, a full name such as `refs/pull/1/head`, or the 40 digits of a commit, for which the probe asks
   * nothing of the network. By default the repository's own HEAD.
   */
  ref?: string
  /** The commit bears a signature that git trusts on the target: git-verify-commit(1). */
  signed?: true
  /** Changes of tracked files are thrown away. */
  discard?: true
}

/** @see Git */
export const git = defineResource<Git>({
  kind: 'git',
  id: ({ path }) => path,
  problems: ({ path, repository, ref = 'HEAD' }) =>
    problemsOf(
      [isPath(path), `the path of a checkout is absolute: ${path}`],
      [/^[^-\s\0][^\n\0]*$/.test(repository), `no repository: ${repository}`],
      [
        !/^\w+:\/\/[^/@]*:[^/@]*@/.test(repository),
        'a password in a URL is seen by every user: use a key or a credential helper',
      ],
      [isRef(ref), `no branch, tag or commit: ${ref}`],
    ),
  needs: () => ['git'],
  probe: (want) => sh`
    if [ ! -e ${`${want.path}/.git`} ]; then
      echo repository absent
    else
      ${enter(want)}
      printf 'repository %s\\n' "$(git config --get remote.origin.url)"
      ${findTip(want, CANNOT_TELL)}
      head=$(git rev-parse -q --verify 'HEAD^{commit}') || head=none
      if [ "$head" = "$tip" ]; then echo ${`commit of ${refOf(want)}`}; else echo "commit $head, not $tip"; fi
      changes=$(git status --porcelain --untracked-files=no)
      printf 'changes %s\\n' "\${changes:-none}"
      ${want.signed ? sh`if git verify-commit HEAD 2> /dev/null; then echo signed yes; else echo signed no; fi` : sh`:`}
    fi
  `,
  expect: (want) => ({
    repository: want.repository,
    commit: `of ${refOf(want)}`,
    changes: 'none',
    ...asked({ signed: want.signed }),
  }),
  apply: (want) => sh`
    ${makeRepository(want)}
    ${enter(want)}
    ${want.discard ? sh`:` : refuseChanges(want)}
    git config remote.origin.url ${want.repository}
    ${findTip(want, 1)}
    git fetch -q --tags --force origin ${BRANCHES}
    git cat-file -e "$tip^{commit}" 2> /dev/null || git fetch -q origin ${refOf(want)}
    ${want.signed ? sh`git verify-commit "$tip" || ${fail('no signature that is trusted here: ', refOf(want))}` : sh`:`}
    git checkout -q ${want.discard ? ['-f'] : []} --detach "$tip"
  `,
})

function refOf({ ref = 'HEAD' }: Git): string {
  return ref
}

/** git-check-ref-format(1), but for what stands in no path of ours anyway. */
function isRef(ref: string): boolean {
  return /^[^\s\0~^:?*[\\-][^\s\0~^:?*[\\]*$/.test(ref) && !/\.\.|@\{|\/\/|[./]$|\.lock$/.test(ref)
}

const BRANCHES = '+refs/heads/*:refs/remotes/origin/*'

/** git asks nobody for a password, and a probe does not refresh the index: git(1). */
function enter({ path }: Git): Shell {
  return sh`
    export GIT_TERMINAL_PROMPT=0 GIT_OPTIONAL_LOCKS=0
    cd ${path}
  `
}

/** Sets `tip` to the commit that is wanted, or exits with the code. */
function findTip(want: Git, code: number): Shell {
  const ref = refOf(want)
  if (/^[0-9a-f]{40}$/.test(ref)) return sh`tip=${ref}`
  const full = ref === 'HEAD' || ref.startsWith('refs/')
  const tag = full ? ref : `refs/tags/${ref}`
  const branch = full ? 'none' : `refs/heads/${ref}`
  return sh`
    answer=$(git ls-remote ${want.repository} ${full ? [] : [branch]} ${tag} ${`${tag}^{}`}) || exit ${code}
    branch= tag=
    set -f
    set -- $answer
    while [ $# -gt 1 ]; do
      case $2 in
        ${branch}) branch=$1 ;;
        ${tag} | ${`${tag}^{}`}) tag=$1 ;;
      esac
      shift 2
    done
    set +f
    tip=\${tag:-$branch}
    if [ -z "$tip" ]; then
      echo ${`${want.repository} has no branch and no tag ${ref}`} >&2
      exit ${code}
    elif [ -n "$branch" ] && [ -n "$tag" ] && [ "$branch" != "$tag" ]; then
      echo ${`${ref} is a branch and a tag: write refs/heads/${ref} or refs/tags/${ref}`} >&2
      exit ${code}
    fi
  `
}

/** A power cut may leave an empty repository; the rest goes on from there. */
function makeRepository({ path }: Git): Shell {
  return sh`
    if [ ! -e ${`${path}/.git`} ]; then
      mkdir -p ${path}
      [ -z "$(ls -A ${path})" ] || ${fail(path, ' is not empty and no checkout: move it away')}
      git init -q ${path}
      git --git-dir ${`${path}/.git`} config remote.origin.fetch ${BRANCHES}
    fi
  `
}

function refuseChanges({ path }: Git): Shell {
  return sh`
    changes=$(git status --porcelain --untracked-files=no)
    [ -z "$changes" ] || ${fail(path, ' has changes that nobody has committed; commit, stash or discard them: ', sh`"$changes"`)}
  `
}
