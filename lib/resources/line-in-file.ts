import { defineResource } from '../resource/contract.ts'
import { lines, type Shell, sh } from '../shell/sh.ts'
import { isLine, isPath, problemsOf } from './checks.ts'
import { refuseUnlessPlain, replaceFile } from './snippets.ts'

/**
 * One line of a file whose other lines belong to somebody else. The lines that equal `line` or match `match`
 * are its candidates: after an apply exactly one is left, the wanted one, where the first of them stood, or
 * at the end. Owner and mode stay; a missing file is made.
 *
 * @example lineInFile({ path: '/etc/ssh/sshd_config', line: 'PermitRootLogin no', match: '^#?PermitRootLogin ' })
 */
export interface LineInFile {
  /** Absolute, a plain file: a link is refused, since the rename would cut it. */
  path: string
  /** Without the newline. */
  line: string
  /** A POSIX extended regular expression, as `grep -E` takes it, anchored as narrow as what may go. */
  match?: string
  /** No line shall equal `line` or match `match`. */
  absent?: true
}

/** @see LineInFile */
export const lineInFile = defineResource<LineInFile>({
  kind: 'line-in-file',
  id: ({ path, line }) => `${path}: ${line}`,
  problems: ({ path, line, match }) =>
    problemsOf(
      [isPath(path), `the path of a file is absolute: ${path}`],
      [isLine(line), 'a line is not empty and holds no newline'],
      [isLine(match ?? 'x'), 'an expression is not empty and holds no newline'],
    ),
  needs: () => ['grep'],
  // One grep prints the candidates; a bad expression (exit 2) fails the probe with grep's own words.
  probe: (want) => sh`
    found=
    [ ! -f ${want.path} ] || found=$(grep ${candidates(want)} ${want.path}) || [ $? -eq 1 ] || exit 2
    printf 'line %s\\n' "$found"
  `,
  expect: ({ line, absent }) => ({ line: absent ? '' : line }),
  apply: (want) => sh`
    ${refuseUnlessPlain(want.path)}
    ${want.absent ? remove(want) : put(want)}
  `,
})

function candidates({ line, match }: LineInFile): Shell {
  const patterns = [`^${literal(line)}$`, ...(match === undefined ? [] : [match])]
  return lines([sh`-E`, ...patterns.map((pattern) => sh`-e ${pattern}`)], ' ')
}

/** In brackets a special character is itself, in every dialect; `^` and the backslash cannot stand there. */
function literal(line: string): string {
  return line.replaceAll(/[.[\]()*+?{}|$]/g, '[$&]').replaceAll(/[\\^]/g, '\\$&')
}

function remove(want: LineInFile): Shell {
  const fill = sh`grep -v ${candidates(want)} ${want.path} > "$tmp" || [ $? -eq 1 ]`
  return sh`[ ! -e ${want.path} ] || ${replaceFile(want.path, fill)}`
}

/** The line travels in the environment, where awk leaves backslashes alone, unlike in its `-v`. */
function put(want: LineInFile): Shell {
  const { path, line } = want
  return replaceFile(
    path,
    sh`
      from=${path} hits=
      [ -e "$from" ] || from=/dev/null
      hits=$(grep -n ${candidates(want)} "$from") || [ $? -eq 1 ]
      hits="$hits" line=${line} awk '
        BEGIN { count = split(ENVIRON["hits"], hit, "\\n"); for (i in hit) drop[hit[i] + 0] = 1 }
        NR in drop { if (NR == hit[1] + 0) print ENVIRON["line"]; next }
        { print }
        END { if (count == 0) print ENVIRON["line"] }
      ' "$from" > "$tmp"
    `,
  )
}
