import { defineResource } from '../resource/contract.ts'
import type { Secret } from '../secret.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { sha256, Text, toText, writeText } from '../shell/text.ts'
import { isLine, isPath, problemsOf } from './checks.ts'
import { fail, refuseUnlessPlain, replaceFile } from './snippets.ts'

/**
 * Lines between two comments, in a file whose other lines belong to somebody else. A new block goes to the
 * end. Owner and mode stay; a missing file is made.
 *
 * @example blockInFile({ path: '/etc/exports', marker: '# {mark} runsheet', block: '/data node2(rw)\n' })
 */
export interface BlockInFile {
  /** Absolute, a plain file: a link is refused, since the rename would cut it. */
  path: string
  /** Whole lines; a newline at the end is added where it is missing. */
  block: string | Text | Secret
  /** The comment before and after, with `{mark}` where BEGIN and END go; unique in the file. */
  marker: string
  /** There shall be no such block. */
  absent?: true
}

/** @see BlockInFile */
export const blockInFile = defineResource<BlockInFile>({
  kind: 'block-in-file',
  id: ({ path, marker }) => `${path}: ${marker}`,
  problems: ({ path, marker, block }) =>
    problemsOf(
      [isPath(path), `the path of a file is absolute: ${path}`],
      [isLine(marker) && marker.includes('{mark}'), `a marker is one line with {mark} in it: ${marker}`],
      [!toText(block).reveal().includes('\0'), 'the block holds a NUL byte'],
    ),
  needs: () => ['awk', 'sha256sum'],
  probe: (want) => sh`
    sum=absent
    [ ! -f ${want.path} ] || sum=$(${extract(want)} | sha256sum)
    sum=\${sum%% *}
    [ "$sum" != ${sha256(toText(''))} ] || sum=absent
    echo "block $sum"
  `,
  expect: (want) => ({ block: want.absent ? 'absent' : sha256(marked(want)) }),
  apply: (want) => sh`
    ${refuseUnlessPlain(want.path)}
    ${want.absent ? sh`[ ! -e ${want.path} ] || ` : sh``}${replaceFile(want.path, merge(want))}
  `,
  text: (want) => ({
    current: sh`[ ! -f ${want.path} ] || ${extract(want)}`,
    desired: want.absent ? toText('') : marked(want),
  }),
})

function mark({ marker }: BlockInFile, word: string): string {
  return marker.replace('{mark}', word)
}

function marked(want: BlockInFile): Text {
  const { parts } = toText(want.block)
  const whole = new Text(parts).reveal()
  const newline = whole === '' || whole.endsWith('\n') ? '' : '\n'
  return new Text([`${mark(want, 'BEGIN')}\n`, ...parts, `${newline}${mark(want, 'END')}\n`])
}

function extract(want: BlockInFile): Shell {
  return sh`begin=${mark(want, 'BEGIN')} end=${mark(want, 'END')} awk '
    $0 == ENVIRON["begin"] { inside = 1 }
    inside { print }
    $0 == ENVIRON["end"] { inside = 0 }
  ' ${want.path}`
}

/** awk reads the new block from "$tmp" before it overwrites that with the whole. */
function merge(want: BlockInFile): Shell {
  return sh`
    from=${want.path}
    [ -e "$from" ] || from=/dev/null
    ${want.absent ? sh`:` : writeText(marked(want), '"$tmp"')}
    begin=${mark(want, 'BEGIN')} end=${mark(want, 'END')} tmp="$tmp" awk '
      FILENAME == ENVIRON["tmp"] { block = block $0 "\\n"; next }
      $0 == ENVIRON["begin"] { if (!done) whole = whole block; inside = done = 1 }
      !inside { whole = whole $0 "\\n" }
      $0 == ENVIRON["end"] { inside = 0 }
      END {
        if (inside) exit 1
        printf("%s%s", whole, done ? "" : block) > ENVIRON["tmp"]
      }
    ' "$tmp" "$from" || ${fail(want.path, ' holds the beginning of a block without its end: ', mark(want, 'BEGIN'))}
  `
}
