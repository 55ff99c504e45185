import { CANNOT_TELL } from '../resource/contract.ts'
import { lines, type Shell, sh } from '../shell/sh.ts'
import { atExit, fail } from './snippets.ts'
import type { PublicKey } from './ssh-keys.ts'

/** Sets `home`, `uid`, `gid`, `folder` and `file`. A user that is not there yet has no keys. */
export function findHome(user: string, absent = false): Shell {
  return sh`
    home=
    while IFS=: read -r entry _ number numbers _ place _; do
      [ "$entry" != ${user} ] || home=$place uid=$number gid=$numbers
    done < /etc/passwd
    ${absent ? sh`:` : sh`[ -n "$home" ] || { echo ${`there is no user ${user}`} >&2; exit ${CANNOT_TELL}; }`}
    folder=$home/.ssh
    file=$folder/authorized_keys
  `
}

/** Sets `key0`, `key1` and so on to the lines that hold the keys, and `others` to all other keys. */
export function readKeys(keys: readonly PublicKey[]): Shell {
  const found = (variable: string) => sh`$${sh`${variable}`}\${${sh`${variable}`}:+$newline}$line ;;`
  const cases = keys.map(
    ({ type, blob }, index) => sh`*${` ${type} ${blob} `}*) key${index}=${found(`key${index}`)}`,
  )
  return sh`
    newline='
    '
    ${lines(keys.map((_, index) => sh`key${index}=`))}
    others=
    [ ! -f "$file" ] || while read -r line || [ -n "$line" ]; do
      case " $line " in
        '  ' | ' #'*) ;;
        ${lines(cases)}
        *) others=${found('others')}
      esac
    done < "$file"
  `
}

/** In one fork. */
export const PRINT_MODES = sh`
  modes=$(stat -c '%04a %U' "$folder" "$file" 2> /dev/null) || :
  echo "folder \${modes%%"$newline"*}"
  echo "file \${modes#*"$newline"}"
`

/** A link would let a user lead root elsewhere. SELinux knows the folder by its name: restorecon(8). */
export function makeFolder(user: string): Shell {
  return sh`
    [ -d "$home" ] || ${fail(`the user ${user} has no home: make the directory `, sh`"$home"`)}
    [ ! -L "$folder" ] || ${fail(sh`"$folder"`, ' is a symbolic link: move it away')}
    if [ ! -d "$folder" ]; then
      mkdir -m 0700 "$folder"
      if command -v restorecon > /dev/null; then restorecon "$folder"; fi
    fi
    chown -h "$uid:$gid" "$folder"
    chmod 0700 "$folder"
  `
}

/** A line of ours takes the place of the first one with the same key; the line that no file has is added. */
export function rewriteKeys(keys: readonly PublicKey[], put: readonly string[], keepOthers: boolean): Shell {
  const wanted = keys.map(({ type, blob }) => `${type} ${blob}`)
  return sh`
    (
    set -e
    if [ -L "$file" ]; then ${fail(sh`"$file"`, ' is a symbolic link: move it away')}; fi
    tmp=$(mktemp "$folder/.runsheet.XXXXXX")
    ${atExit(sh`rm -f "$tmp"`)}
    from=$file
    [ -e "$from" ] || from=/dev/null
    wanted=${wanted.join('\n')} put=${put.join('\n')} others=${keepOthers ? 'keep' : ''} awk '
      BEGIN { count = split(ENVIRON["wanted"], wanted, "\\n"); split(ENVIRON["put"], put, "\\n") }
      function place(i) { if (!done[i]++ && put[i] != "") print put[i] }
      {
        for (i = 1; i <= count; i++) if (index(" " $0 " ", " " wanted[i] " ")) { place(i); next }
        if (ENVIRON["others"] != "" || $0 ~ /^[ \\t]*(#|$)/) print
      }
      END { for (i = 1; i <= count; i++) place(i) }
    ' "$from" > "$tmp"
    chown -h "$uid:$gid" "$tmp"
    chmod 0600 "$tmp"
    mv -f "$tmp" "$file"
    trap - EXIT
    )
  `
}
