import { isIP } from 'node:net'
import { defineResource } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { problemsOf } from './checks.ts'
import { refuseUnlessPlain, replaceFile } from './snippets.ts'

/**
 * A line of /etc/hosts: hosts(5). Exactly one line holds the address, with just these names. A name means one
 * address of a family: it is taken off every other line of the same family and off the loopback lines, since
 * a node whose own name is 127.0.1.1 (as Debian's installer writes it) tells its peers to call themselves.
 *
 * @example hostEntry({ address: '192.168.10.1', names: ['node1', 'node1.example.org'] })
 */
export interface HostEntry {
  /** IPv4 or IPv6, compared as it is written. */
  address: string
  /** The canonical name first. */
  names: readonly string[]
}

const HOSTS = '/etc/hosts'

/** @see HostEntry */
export const hostEntry = defineResource<HostEntry>({
  kind: 'host-entry',
  id: ({ address }) => address,
  problems: ({ address, names }) =>
    problemsOf(
      [isIP(address) !== 0, `no IP address: ${address}`],
      [names.length > 0, `no names for ${address}`],
      ...names.map((name) => [/^[A-Za-z0-9][\w.-]*$/.test(name), `no host can be called ${name}`] as const),
      [!names.includes('localhost') || isLoopback(address), 'localhost is the name of a loopback address'],
    ),
  // Builtins alone: the file is small, and a fork costs more than reading it.
  probe: ({ address, names }) => sh`
    entry= elsewhere=
    set -f
    [ ! -f ${HOSTS} ] || while read -r line || [ -n "$line" ]; do
      set -- \${line%%#*}
      [ $# -gt 0 ] || continue
      held=$1
      shift
      if [ "$held" = ${address} ]; then
        entry="$entry\${entry:+; }$*"
        continue
      fi
      ${skipUnlessRival(address)}
      for name; do
        for wanted in ${names}; do
          [ "$name" != "$wanted" ] || elsewhere="$elsewhere $name=$held"
        done
      done
    done < ${HOSTS}
    echo "entry $entry"
    echo "elsewhere\${elsewhere:- none}"
  `,
  expect: ({ names }) => ({ entry: names.join(' '), elsewhere: 'none' }),
  apply: (want) => sh`
    ${refuseUnlessPlain(HOSTS)}
    ${replaceFile(HOSTS, rewrite(want))}
  `,
})

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1'
}

/** Goes to the next line where this one may hold the same names: it is of the other family, no loopback. */
function skipUnlessRival(address: string): Shell {
  const loopback = isLoopback(address)
  if (isIP(address) === 6)
    return sh`case $held in *:*${loopback ? sh`` : sh` | 127.*`}) ;; *) continue ;; esac`
  return sh`case $held in ${loopback ? sh`127.*` : sh`::1`}) ;; *:*) continue ;; esac`
}

/** The same for awk: which addresses must not hold the names. */
function rivals(address: string): string {
  if (isIP(address) === 6) return isLoopback(address) ? ':' : ':|^127[.]'
  return isLoopback(address) ? '^[^:]*$' : '^[^:]*$|^::1$'
}

function rewrite({ address, names }: HostEntry): Shell {
  return sh`
    from=${HOSTS}
    [ -e "$from" ] || from=/dev/null
    address=${address} names=${names.join(' ')} rivals=${rivals(address)} awk '
      BEGIN {
        address = ENVIRON["address"]; names = ENVIRON["names"]; rivals = ENVIRON["rivals"]
        for (i = split(names, list); i > 0; i--) wanted[list[i]] = 1
      }
      {
        text = $0; sub(/#.*/, "", text)
        comment = text == $0 ? "" : " " substr($0, length(text) + 1)
        count = split(text, field)
        all = kept = ""
        for (i = 2; i <= count; i++) {
          all = all " " field[i]
          if (!(field[i] in wanted)) kept = kept " " field[i]
        }
      }
      count > 0 && field[1] == address {
        if (!done++) print all == " " names ? $0 : address "\t" names comment
        next
      }
      count == 0 || all == kept || field[1] !~ rivals { print; next }
      kept != "" { print field[1] "\t" substr(kept, 2) comment }
      END { if (!done) print address "\t" names }
    ' "$from" > "$tmp"
  `
}
