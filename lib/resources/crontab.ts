import { CANNOT_TELL } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { atExit } from './snippets.ts'

/** Sets `table`; without a crontab it is empty. Who has none is told in words alone. */
function readCrontab(user: string): Shell {
  return sh`
    if ! table=$(crontab -u ${user} -l 2>&1); then
      case $table in
        *'no crontab for'* | *'No such file'*) table= ;;
        *) printf '%s\\n' "$table" >&2; exit ${CANNOT_TELL} ;;
      esac
    fi
  `
}

/** The line below each marker. No here-document: mksh would write one to /tmp, and a probe changes nothing. */
export function printEntry(user: string, marker: string): Shell {
  return sh`
    ${readCrontab(user)}
    newline='
    '
    entry= marked=
    IFS=$newline
    set -f
    for line in $table; do
      [ -z "$marked" ] || entry="$entry\${entry:+$newline}$line"
      marked=
      [ "$line" != ${marker} ] || marked=yes
    done
    printf 'entry %s\\n' "\${entry:-absent}"
  `
}

/**
 * Puts the entry in the place of the first one with the marker, or at the end; an empty one is taken out. crontab(1)
 * judges the table before it takes the place of the old one.
 */
export function changeEntry(user: string, marker: string, entry: string): Shell {
  return sh`
    (
    set -e
    ${readCrontab(user)}
    tmp=$(mktemp)
    ${atExit(sh`rm -f "$tmp"`)}
    table="$table" marker=${marker} entry=${entry} awk '
      function put() { if (ENVIRON["entry"] != "") { print ENVIRON["marker"]; print ENVIRON["entry"] } }
      BEGIN {
        count = split(ENVIRON["table"], line, "\\n")
        for (i = 1; i <= count; i++) {
          if (line[i] != ENVIRON["marker"]) print line[i]
          else { if (!done++) put(); i++ }
        }
        if (!done) put()
      }
    ' > "$tmp"
    crontab -u ${user} "$tmp"
    )
  `
}
