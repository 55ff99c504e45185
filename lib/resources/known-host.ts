import { defineResource } from '../resource/contract.ts'
import { lines, type Shell, sh } from '../shell/sh.ts'
import { isPath, problemsOf } from './checks.ts'
import { asked, atExit, fail, refuseUnlessPlain, replaceFile } from './snippets.ts'
import { type PublicKey, parsePublicKey } from './ssh-keys.ts'

/**
 * The keys by which this host knows an SSH server: exactly those that are named, so that a key that was replaced
 * is trusted no more. Lines with patterns and with markers (`@revoked`) belong to somebody else and stay.
 *
 * @example knownHost({ host: 'node2', keys: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEWvdDb3/hO/ZoCtfsV5u8bTNmHrmyjnQYzpq3vkyRhR' })
 */
export interface KnownHost {
  /** A name or an address, as ssh(1) is given it. */
  host: string
  /** By default 22. */
  port?: number
  /** Each as a `.pub` file or ssh-keyscan(1) has it without the host: type and key; one of each type. */
  keys: string | readonly string[]
  /** By default /etc/ssh/ssh_known_hosts, which all users share. */
  path?: string
  /** With true the name is not readable, ssh_config(5), HashKnownHosts. By default it is as the first line's. */
  hashed?: boolean
  /** No key shall be known, whatever `keys` names. */
  absent?: true
}

/** @see KnownHost */
export const knownHost = defineResource<KnownHost>({
  kind: 'known-host',
  id: (want) => `${pathOf(want)}: ${nameOf(want)}`,
  problems: (want) => {
    const { host, port = 22, keys } = want
    const types = keysOf(want).map(({ type }) => type)
    return problemsOf(
      [/^[A-Za-z0-9:][\w.:%-]*$/.test(host), `no host can be called ${host}`],
      [Number.isInteger(port) && port > 0 && port < 65536, `no port: ${port}`],
      [isPath(pathOf(want)), `the path of a file is absolute: ${pathOf(want)}`],
      [keys.length > 0 || want.absent === true, `no key of ${host} is named`],
      [new Set(types).size === types.length, `two keys of one type for ${host}`],
      ...[keys]
        .flat()
        .map((key) => [parsePublicKey(key) !== undefined, `no public key: ${key.slice(0, 24)}`] as const),
    )
  },
  needs: () => ['ssh-keygen'],
  probe: (want) => sh`
    ${find(want)}
    ${lines(keysOf(want).map(({ type }, index) => sh`echo "${type} \${key${index}:-absent}"`))}
    echo "others \${others:-none}"
    ${want.hashed === undefined ? sh`:` : sh`echo "hashed $hashed"`}
  `,
  expect: (want) => ({
    ...Object.fromEntries(keysOf(want).map(({ type, blob }) => [type, blob])),
    others: 'none',
    ...asked({ hashed: want.absent ? undefined : want.hashed }),
  }),
  apply: (want) => sh`
    ${refuseUnlessPlain(pathOf(want))}
    ${find(want)}
    ${replaceFile(pathOf(want), rewrite(want))}
  `,
})

function pathOf({ path = '/etc/ssh/ssh_known_hosts' }: KnownHost): string {
  return path
}

function keysOf({ keys, absent }: KnownHost): PublicKey[] {
  return absent ? [] : [keys].flat().flatMap((key) => parsePublicKey(key) ?? [])
}

/** As known_hosts writes a host: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. */
function nameOf({ host, port = 22 }: KnownHost): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`
}

/**
 * Sets `key0`, `key1` and so on to the keys that are known, `others` to the types of further ones, `numbers` to
 * all of their lines and `hashed` to yes, no, or nothing where no line was found. Only ssh-keygen reads hashed names;
 * it prints `# Host NAME found: line N` before each line.
 */
function find(want: KnownHost): Shell {
  const cases = keysOf(want).map(({ type, blob }, index) => sh`${`${type} ${blob}`}) key${index}=$3 ;;`)
  return sh`
    ${lines(keysOf(want).map((_, index) => sh`key${index}=`))}
    others= numbers= hashed=
    found=
    [ ! -f ${pathOf(want)} ] || found=$(ssh-keygen -F ${nameOf(want)} -f ${pathOf(want)} 2> /dev/null) || :
    IFS='
    '
    set -f
    for line in $found; do
      IFS=' '
      set -- $line
      case $1 in
        '#') number=\${line##*line }; number=\${number%% *}; continue ;;
        '' | @* | *[*?!]*) continue ;;
        '|'*) hashed=\${hashed:-yes} ;;
        *) hashed=no ;;
      esac
      numbers="$numbers $number"
      case "$2 $3" in
        ${lines(cases)}
        *) others="$others\${others:+ }$2" ;;
      esac
    done
    unset IFS
    set +f
  `
}

/** A plain line may name other hosts, too: those keep it. */
function rewrite(want: KnownHost): Shell {
  const name = nameOf(want)
  const added = keysOf(want).map(({ type, blob }) => `${name} ${type} ${blob}\n`)
  return sh`
    new=$(mktemp)
    ${atExit(sh`rm -f "$tmp" "$new" "$new.old"`)}
    from=${pathOf(want)}
    [ -e "$from" ] || from=/dev/null
    numbers="$numbers" name=${name} awk '
      BEGIN { count = split(ENVIRON["numbers"], list, " "); for (i in list) ours[list[i]] = 1 }
      !(NR in ours) { print; next }
      {
        rest = ""
        count = split($1, names, ",")
        for (i = 1; i <= count; i++)
          if (tolower(names[i]) != ENVIRON["name"]) rest = rest "," names[i]
        if (rest != "" && $1 !~ /^[|]/) print substr(rest, 2) substr($0, index($0, $1) + length($1))
      }
    ' "$from" > "$tmp"
    printf %s ${added.join('')} > "$new"
    ${want.hashed === undefined ? AS_FIRST_LINE : sh`hash=${want.hashed ? 'yes' : 'no'}`}
    if [ "$hash" = yes ] && [ -s "$new" ]; then
      ssh-keygen -H -f "$new" > /dev/null 2>&1 || ${fail('ssh-keygen cannot hash the name ', name)}
    fi
    cat "$new" >> "$tmp"
    rm -f "$new" "$new.old"
  `
}

/** Sets `hash`. */
const AS_FIRST_LINE = sh`
  hash=no
  while read -r names _; do
    case $names in
      '' | '#'*) ;;
      '|'*) hash=yes; break ;;
      *) break ;;
    esac
  done < "$from"
`
