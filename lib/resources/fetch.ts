import { CANNOT_TELL, defineResource } from '../resource/contract.ts'
import { sh } from '../shell/sh.ts'
import { isPath, problemsOf } from './checks.ts'
import { localPath, readLocal, unreadable } from './local-file.ts'
import { fail } from './snippets.ts'

/**
 * A file of the host, brought to the controller. It is streamed, verified by its SHA-256 and then put in place in one
 * step. Nothing is sent where the controller has it already. Of a file that grows meanwhile, such as a log, it brings
 * what was there when it began.
 *
 * @example fetch({ from: '/etc/drbd.d/r0.res', to: 'fetched/node1/r0.res' })
 */
export interface Fetch {
  /** Absolute, on the host. A symbolic link is followed. */
  from: string
  /**
   * On the controller: an absolute path, one from the working directory on, or a `file:` URL. Its directories are made
   * where they are absent, and only its owner can read it. Every host needs one of its own.
   */
  to: string | URL
}

/** @see Fetch */
export const fetch = defineResource<Fetch>({
  kind: 'fetch',
  id: ({ from, to }) => `${from} to ${to instanceof URL ? localPath(to) : to}`,
  problems: ({ from, to }) =>
    problemsOf(
      [isPath(from), `the path of a file to fetch is absolute: ${from}`],
      [isFree(to), `${localPath(to)} is there and is no file that can be replaced`],
    ),
  needs: () => ['sha256sum', 'stat'],
  probe: ({ from, to }) => {
    const local = readLocal(to)
    return sh`
      [ -f ${from} ] || { echo ${`there is no file ${from}`} >&2; exit ${CANNOT_TELL}; }
      same=no
      if [ "$(stat -L -c %s ${from})" = ${local?.size ?? 'absent'} ]; then
        sum=$(sha256sum < ${from})
        [ "\${sum%% *}" != ${local?.sha256 ?? ''} ] || same=yes
      fi
      echo "fetched $same"
    `
  },
  expect: () => ({ fetched: true }),
  errand: ({ from, to }) => ({
    kind: 'download',
    from,
    file: localPath(to),
    send: sh`
      set -e
      size=$(stat -L -c %s ${from})
      echo "$size"
      head -c "$size" ${from}
      sum=$(head -c "$size" ${from} | sha256sum)
      echo "\${sum%% *}"
    `,
  }),
  // The controller does it; whoever calls this has no controller.
  apply: ({ from }) => fail(from, ' can be fetched by a controller alone'),
})

function isFree(to: string | URL): boolean {
  return readKind(to) !== 'other'
}

function readKind(to: string | URL): 'absent' | 'file' | 'other' {
  const problem = unreadable(to)
  if (problem === undefined) return 'file'
  return problem.includes('ENOENT') ? 'absent' : 'other'
}
