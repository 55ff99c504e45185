import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { defineResource } from '../resource/contract.ts'
import type { Upload } from '../resource/errand.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { accessProblems, isPath, problemsOf } from './checks.ts'
import { type LocalFile, localPath, readLocal, unreadable } from './local-file.ts'
import {
  type Access,
  accessState,
  fail,
  printAccess,
  printKind,
  refuseUnlessPlain,
  replaceFile,
  setAccess,
} from './snippets.ts'

/**
 * A file of the controller, of any size, in place on the host. It is streamed to a folder beside its place, verified
 * there by its SHA-256 and then put in place in one step. What an interruption has left of it is kept, and only the rest
 * is sent. Nothing is sent where the host has it already. What is small or holds secrets is better a `file`.
 *
 * @example copy({ from: 'LICENSE', path: '/srv/www/LICENSE', mode: '0644', owner: 'root' })
 */
export interface Copy extends Access {
  /** On the controller: an absolute path, one from the working directory on, or a `file:` URL. */
  from: string | URL
  /** Absolute, on the host. Its directory must be there. */
  path: string
  /** Octal. Without it a file keeps its own, and a new one gets 0644. */
  mode?: string
}

/** @see Copy */
export const copy = defineResource<Copy>({
  kind: 'copy',
  id: ({ path }) => path,
  problems: copyProblems,
  needs: () => ['sha256sum', 'stat'],
  probe: (want) => {
    const { size } = source(want)
    return sh`
      if [ -f ${want.path} ] && [ ! -L ${want.path} ]; then
        echo kind file
        ${printAccess(want.path, want)}
        size=$(stat -c %s ${want.path})
        if [ "$size" = ${size} ]; then
          sum=$(sha256sum < ${want.path})
          echo "content \${sum%% *}"
        else echo "content $size bytes"
        fi
      else
        ${printKind(want.path)}
      fi
    `
  },
  expect: (want) => ({ kind: 'file', ...accessState(want), content: source(want).sha256 }),
  errand: (want) => {
    const local = source(want)
    const stage = stageOf(want.path, local.sha256)
    return { kind: 'upload', file: local.path, size: local.size, stage, receive: receive(want.path, local) }
  },
  apply: (want) => {
    const local = source(want)
    const stage = stageOf(want.path, local.sha256)
    return sh`
      if [ -d ${stage.folder} ]; then
        ${refuseUnlessPlain(want.path)}
        ${replaceFile(want.path, verified(stage, local.sha256), want)}
        rmdir ${stage.folder}
      elif ${hasContent(want.path, local)}; then
        ${setAccess(want.path, want)}
      else ${fail('the file has not been brought to ', stage.part)}
      fi
    `
  },
})

function copyProblems({ from, path, ...access }: Copy): string[] {
  const unread = unreadable(from)
  return [
    ...problemsOf(
      [isPath(path), `the path of a copy is absolute: ${path}`],
      [unread === undefined, `cannot copy ${localPath(from)}: ${unread}`],
    ),
    ...accessProblems(access),
  ]
}

function source({ from }: Copy): LocalFile {
  const local = readLocal(from)
  if (!local) throw new TypeError(`${localPath(from)} was there a moment ago`)
  return local
}

/** A folder that belongs to one content in one place: what lies there is a beginning of that and of nothing else. */
function stageOf(path: string, sha256: string): Upload['stage'] {
  const name = createHash('sha256').update(`${path}\0${sha256}`).digest('hex').slice(0, 16)
  const folder = posix.join(posix.dirname(path), `.runsheet.${name}`)
  return { folder, part: posix.join(folder, 'part') }
}

/** A condition; the size is asked first, since it costs nothing. */
function hasContent(path: string, { size, sha256 }: LocalFile): Shell {
  return sh`[ -f ${path} ] && [ ! -L ${path} ] && [ "$(stat -c %s ${path})" = ${size} ] && [ "$(sha256sum < ${path})" = ${`${sha256}  -`} ]`
}

/** The arithmetic is the controller's: that of mksh ends at 2 GiB. */
function receive(path: string, local: LocalFile): Shell {
  const { size } = local
  const { folder, part } = stageOf(path, local.sha256)
  return sh`
    set -e
    umask 077
    if ${hasContent(path, local)}; then echo done; exit 0; fi
    ${refuseUnlessPlain(path)}
    [ -d ${posix.dirname(path)} ] || ${fail('no directory ', posix.dirname(path))}
    [ -d ${folder} ] || mkdir ${folder}
    [ ! -L ${folder} ] && [ -O ${folder} ] || ${fail(folder, ' is not ours: remove it')}
    have=0
    [ ! -f ${part} ] || have=$(stat -c %s ${part})
    echo "at $have"
    read -r how count
    [ "$how" = append ] || rm -f ${part}
    head -c "$count" >> ${part}
    have=$(stat -c %s ${part})
    [ "$have" = ${size} ] || ${fail(sh`"$have"`, ` of ${size} bytes have arrived`)}
  `
}

/** Moves what has arrived to "$tmp", if it is what was sent. */
function verified({ part }: Upload['stage'], sha256: string): Shell {
  return sh`
    sum=$(sha256sum < ${part})
    if [ "\${sum%% *}" != ${sha256} ]; then
      rm -f ${part}
      ${fail('what has arrived is not what was to be sent: it has been removed, and the next run sends all of it')}
    fi
    mv -f ${part} "$tmp"
  `
}
