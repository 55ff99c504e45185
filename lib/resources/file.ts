import { defineResource } from '../resource/contract.ts'
import type { Secret } from '../secret.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { sha256, type Text, toText, writeText } from '../shell/text.ts'
import { accessProblems, isPath, problemsOf } from './checks.ts'
import {
  type Access,
  accessState,
  asked,
  fail,
  printAccess,
  printKind,
  refuseUnlessPlain,
  replaceFile,
  setAccess,
} from './snippets.ts'

/**
 * A plain file. It is replaced in one step, so that no reader ever sees half of it.
 *
 * @example file({ path: '/etc/ha.d/authkeys', content: text`auth 1\n1 sha1 ${key}\n`, mode: '0600' })
 */
export interface File extends Access {
  /** Absolute. Its directory must be there; a symbolic link there gives way to content, a directory never. */
  path: string
  /** The whole content, in UTF-8. Without it a file keeps its own, and a new one is empty. */
  content?: string | Text | Secret
  /** Octal. Without it a file keeps its own, and a new one gets 0644, or 0600 where it holds a secret. */
  mode?: string
  /** There shall be no file. */
  absent?: true
}

/** @see File */
export const file = defineResource<File>({
  kind: 'file',
  id: ({ path }) => path,
  problems: fileProblems,
  needs: (want) => [
    ...(want.content === undefined ? [] : ['sha256sum']),
    ...(Object.keys(accessState(want)).length === 0 ? [] : ['stat']),
  ],
  probe: (want) => sh`
    if [ -f ${want.path} ] && [ ! -L ${want.path} ]; then
      echo kind file
      ${want.absent ? sh`:` : printFile(want)}
    else
      ${printKind(want.path)}
    fi
  `,
  expect: (want) =>
    want.absent
      ? { kind: 'absent' }
      : {
          kind: 'file',
          ...accessState(want),
          ...asked({ content: want.content === undefined ? undefined : sha256(toText(want.content)) }),
        },
  apply: (want) => {
    if (want.absent) return remove(want.path)
    return want.content === undefined ? touch(want) : replace(want, toText(want.content))
  },
  text: ({ path, content }) =>
    content === undefined
      ? undefined
      : { current: sh`[ ! -f ${path} ] || cat ${path}`, desired: toText(content) },
})

function fileProblems(want: File): string[] {
  const { path, content, absent, ...access } = want
  return [
    ...problemsOf(
      [isPath(path), `the path of a file is absolute: ${path}`],
      [content === undefined || !toText(content).reveal().includes('\0'), 'the content holds a NUL byte'],
      [!absent || isBare(want), 'an absent file has neither content nor permissions'],
    ),
    ...accessProblems(access),
  ]
}

function isBare({ content, mode, owner, group }: File): boolean {
  return [content, mode, owner, group].every((field) => field === undefined)
}

function printFile(want: File): Shell {
  if (want.content === undefined) return printAccess(want.path, want)
  return sh`
    ${printAccess(want.path, want)}
    sum=$(sha256sum < ${want.path})
    echo "content \${sum%% *}"
  `
}

function remove(path: string): Shell {
  return sh`
    if [ -e ${path} ] && [ ! -f ${path} ] && [ ! -L ${path} ]; then
      ${fail(path, ' is no file: remove it by hand')}
    fi
    rm -f ${path}
  `
}

function touch(want: File): Shell {
  return sh`
    ${refuseUnlessPlain(want.path)}
    [ -e ${want.path} ] || : > ${want.path}
    ${setAccess(want.path, want)}
  `
}

function replace(want: File, content: Text): Shell {
  const newMode = content.secrets.length > 0 ? '0600' : '0644'
  return sh`
    if [ -e ${want.path} ] && [ ! -f ${want.path} ]; then
      ${fail(want.path, ' is there and is no file: move it away')}
    fi
    ${replaceFile(want.path, writeText(content, '"$tmp"'), want, newMode)}
  `
}
