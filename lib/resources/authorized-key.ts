import { CANNOT_TELL, defineResource } from '../resource/contract.ts'
import { lines, type Shell, sh } from '../shell/sh.ts'
import { isAccount, problemsOf } from './checks.ts'
import { asked, atExit, fail } from './snippets.ts'
import { type PublicKey, parsePublicKey } from './ssh-keys.ts'

/**
 * Keys that may log in as a user, in `.ssh/authorized_keys` of the home that /etc/passwd names. Folder and file
 * belong to the user and to nobody else, as sshd(8) demands under StrictModes; the home itself is not touched.
 *
 * @example authorizedKey({ user: 'backup', keys: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEWvdDb3/hO/ZoCtfsV5u8bTNmHrmyjnQYzpq3vkyRhR me', options: 'restrict,command="/usr/bin/rrsync /data"' })
 */
export interface AuthorizedKey {
  /** One of /etc/passwd. */
  user: string
  /** Each as a `.pub` file has it: type, key, and a comment if any. */
  keys: string | readonly string[]
  /** What the keys may do: sshd(8), AUTHORIZED_KEYS FILE FORMAT. Without it they may do all. */
  options?: string
  /** No other key may log in. */
  exclusive?: true
  /** The keys may not log in, whatever their options. */
  absent?: true
}

/** @see AuthorizedKey */
export const authorizedKey = defineResource<AuthorizedKey>({
  kind: 'authorized-key',
  id: (want) => `${want.user}: ${keysOf(want).map(nameOf).join(', ')}`,
  problems: (want) =>
    problemsOf(
      [isAccount(want.user), `no user can be called ${want.user}`],
      [isOptions(want.options ?? 'x'), 'options are one line, and blanks in them stand in double quotes'],
      [
        !(want.absent && (want.exclusive || want.options)),
        'absent keys are neither exclusive nor have options',
      ],
      [want.keys.length > 0, 'no key is named'],
      ...[want.keys]
        .flat()
        .map((key) => [parsePublicKey(key) !== undefined, `no public key: ${cut(key)}`] as const),
    ),
  needs: ({ absent }) => (absent ? [] : ['stat']),
  probe: (want) => sh`
    ${findHome(want)}
    ${readKeys(want)}
    ${lines(keysOf(want).map((_, index) => sh`printf ${`key${index + 1} %s\\n`} "\${key${index}:-absent}"`))}
    ${want.exclusive ? sh`printf 'others %s\\n' "\${others:-none}"` : sh`:`}
    ${want.absent ? sh`:` : printModes}
  `,
  expect: (want) => ({
    ...Object.fromEntries(
      keysOf(want).map((key, index) => [`key${index + 1}`, want.absent ? 'absent' : lineOf(want, key)]),
    ),
    ...asked({ others: want.exclusive && 'none' }),
    ...(want.absent ? {} : { folder: `0700 ${want.user}`, file: `0600 ${want.user}` }),
  }),
  apply: (want) => sh`
    ${findHome(want)}
    ${want.absent ? sh`if [ ! -e "$file" ]; then exit 0; fi` : makeFolder(want)}
    ${rewrite(want)}
  `,
})

function keysOf({ keys }: AuthorizedKey): PublicKey[] {
  return [keys].flat().flatMap((key) => parsePublicKey(key) ?? [])
}

function nameOf({ comment, blob }: PublicKey): string {
  return comment === '' ? `…${blob.slice(-12)}` : comment
}

function lineOf({ options }: AuthorizedKey, { type, blob, comment }: PublicKey): string {
  return [options, type, blob, comment].filter(Boolean).join(' ')
}

/** Outside of quotes a blank would end them; inside, a backslash keeps a quote. */
function isOptions(options: string): boolean {
  return /^([^\s"#\0]|"([^"\\\n\0]|\\.)*")([^\s"\0]|"([^"\\\n\0]|\\.)*")*$/.test(options)
}

/** What is no public key may be a private one. */
function cut(key: string): string {
  return key.length > 24 ? `${key.slice(0, 24)}…` : key
}

/** Sets `home`, `uid`, `gid`, `folder` and `file`. A user that is not there yet has no keys. */
function findHome({ user, absent }: AuthorizedKey): Shell {
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
function readKeys(want: AuthorizedKey): Shell {
  const found = (variable: string) => sh`$${sh`${variable}`}\${${sh`${variable}`}:+$newline}$line ;;`
  const cases = keysOf(want).map(
    ({ type, blob }, index) => sh`*${` ${type} ${blob} `}*) key${index}=${found(`key${index}`)}`,
  )
  return sh`
    newline='
    '
    ${lines(keysOf(want).map((_, index) => sh`key${index}=`))}
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
const printModes = sh`
  modes=$(stat -c '%04a %U' "$folder" "$file" 2> /dev/null) || :
  echo "folder \${modes%%"$newline"*}"
  echo "file \${modes#*"$newline"}"
`

/** A link would let a user lead root elsewhere. SELinux knows the folder by its name: restorecon(8). */
function makeFolder({ user }: AuthorizedKey): Shell {
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
function rewrite(want: AuthorizedKey): Shell {
  const wanted = keysOf(want).map(({ type, blob }) => `${type} ${blob}`)
  const put = want.absent ? [] : keysOf(want).map((key) => lineOf(want, key))
  return sh`
    (
    set -e
    if [ -L "$file" ]; then ${fail(sh`"$file"`, ' is a symbolic link: move it away')}; fi
    tmp=$(mktemp "$folder/.runsheet.XXXXXX")
    ${atExit(sh`rm -f "$tmp"`)}
    from=$file
    [ -e "$from" ] || from=/dev/null
    wanted=${wanted.join('\n')} put=${put.join('\n')} others=${want.exclusive ? '' : 'keep'} awk '
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
