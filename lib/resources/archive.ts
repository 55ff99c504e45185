import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { defineResource } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { toText, writeText } from '../shell/text.ts'
import { digest, fileChecks } from './archive-file.ts'
import { isPath, problemsOf } from './checks.ts'
import { atExit, fail } from './snippets.ts'

/**
 * What a tar or zip archive holds, below a directory. The archive is proven by its checksum and read to its end before
 * anything is written; then each of its plain files is compared by checksum, at every run, and what differs is
 * unpacked again. So what shall be edited does not belong below. The checksums are kept in the directory, in
 * `.runsheet-archive-…`, and the archive itself is not needed any more. What is unpacked belongs to who runs it.
 *
 * @example archive({ path: '/opt/app-1.4', source: '/var/cache/app-1.4.tar.gz', sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', strip: 1 })
 */
export interface Archive {
  /** The directory, absolute; made where it is missing. Files in it that the archive does not hold stay. */
  path: string
  /** Where the archive lies on the target: absolute. Either this or `file`. */
  source?: string
  /** Where it lies on the controller, up to 1 MiB. A larger one is copied first, and named by `source`. */
  file?: string | URL
  /** In hexadecimal, as sha256sum(1) prints it; required with `source`, and known of a `file`. */
  sha256?: string
  /** How many leading directories are taken off each name of a tar archive; by default none. */
  strip?: number
}

/** @see Archive */
export const archive = defineResource<Archive>({
  kind: 'archive',
  id: ({ path }) => path,
  problems: (want) => {
    const { path, source = '/x.tar', file, strip = 0 } = want
    return problemsOf(
      [isPath(path), `the path of a directory is absolute: ${path}`],
      [isPath(source), `the path of an archive on the target is absolute: ${source}`],
      [
        (want.source === undefined) !== (file === undefined),
        'an archive lies on the target (source) or here (file)',
      ],
      [
        /[.](tar|tgz|tbz2?|txz|zip|jar|tar[.]\w+)$/i.test(nameOf(want)),
        `no tar or zip by its name: ${nameOf(want)}`,
      ],
      [
        file !== undefined || /^[0-9a-f]{64}$/.test(want.sha256 ?? ''),
        'an archive on the target has a sha256',
      ],
      [
        Number.isInteger(strip) && strip >= 0 && !(strip > 0 && isZip(want)),
        'strip is a number, and for tar alone',
      ],
      ...(file === undefined ? [] : fileChecks(file, want.sha256)),
    )
  },
  needs: () => ['sha256sum'],
  probe: (want) => sh`
    if [ ! -f ${sumsOf(want)} ]; then
      echo archive none
    else
      echo ${`archive ${sumOf(want)}`}
      if [ ! -s ${sumsOf(want)} ] || { cd ${want.path} && sha256sum -c ${sumsOf(want)} > /dev/null 2>&1; }; then
        echo files intact
      else
        echo files differ
      fi
    fi
  `,
  expect: (want) => ({ archive: sumOf(want), files: 'intact' }),
  apply: (want) => sh`
    (
    set -e
    ${want.source === undefined ? sh`:` : sh`archive=${want.source}; ${prove(want)}`}
    mkdir -p ${want.path}
    work=$(mktemp -d ${posix.join(want.path, '.runsheet.XXXXXX')})
    ${atExit(sh`rm -rf "$work"`)}
    ${want.file === undefined ? sh`:` : carry(want, want.file)}
    mkdir "$work/tree"
    ${unpack(want, sh`"$work/tree"`)}
    ( cd "$work/tree"; find . -type f -exec sha256sum {} + ) > "$work/sums"
    ${unpack(want, sh`${want.path}`)}
    mv -f "$work/sums" ${sumsOf(want)}
    )
  `,
})

function nameOf({ source, file = '' }: Archive): string {
  return source ?? String(file)
}

function isZip(want: Archive): boolean {
  return /[.](zip|jar)$/i.test(nameOf(want))
}

function sumOf({ file, sha256 = '' }: Archive): string {
  return file === undefined ? sha256 : digest(readFileSync(file))
}

/** Where the checksums are kept: in the directory, so that they move with a disk that nodes share. */
function sumsOf(want: Archive): string {
  return posix.join(want.path, `.runsheet-archive-${sumOf(want).slice(0, 16)}`)
}

/** Before anything is written. */
function prove(want: Archive): Shell {
  return sh`
    sum=$(sha256sum < "$archive")
    [ "\${sum%% *}" = ${sumOf(want)} ] || ${fail(nameOf(want), ' has another checksum: ', sh`"\${sum%% *}"`)}
  `
}

/** Sets `archive`. One of the controller travels in base64, since shell text holds no NUL. */
function carry(want: Archive, file: string | URL): Shell {
  const encoded = readFileSync(file).toString('base64').replaceAll(/.{76}/g, '$&\n')
  return sh`
    archive=$work/archive
    ${writeText(toText(`${encoded}\n`), '"$work/base64"')}
    base64 -d "$work/base64" > "$archive"
    ${prove(want)}
  `
}

/** What busybox and old tars cannot see by themselves. */
const PACKERS: Readonly<Record<string, string>> = {
  gz: '-z',
  tgz: '-z',
  bz2: '-j',
  tbz: '-j',
  tbz2: '-j',
  xz: '-J',
  txz: '-J',
}

/** From within the folder: tar takes backslashes in the argument of `-C` for its own. */
function unpack(want: Archive, folder: Shell): Shell {
  const packer =
    PACKERS[
      nameOf(want)
        .replace(/^.*[.]/, '')
        .toLowerCase()
    ] ?? []
  const strip = want.strip ? ['--strip-components', want.strip] : []
  return sh`( cd ${folder}; ${isZip(want) ? sh`unzip -q -o "$archive"` : sh`tar -x ${packer} -o -f "$archive" ${strip}`} )`
}
