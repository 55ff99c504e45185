import { type Shell, sh } from '../shell/sh.ts'
import { toText, writeText } from '../shell/text.ts'
import type { Firewall } from './firewall.ts'
import type { FirewallManager } from './firewall-managers.ts'
import { networkOf } from './network.ts'
import { fail, readSmall, refuseUnlessPlain, replaceFile } from './snippets.ts'

const CHAIN = 'inet filter input'
const FOLDER = '/etc/nftables.d'
const INCLUDE = `include "${FOLDER}/runsheet-*.nft"`

/** nft(8). Rules have no names, so a comment marks ours. */
export const nftables: FirewallManager = {
  read: (want) => sh`
    newline='
    '
    ${readLive(want)}
    ${readSmall(fileOf(want), 'kept')}
    ${ofMain((main) => readSmall(main, 'main'))}
    permanent=no
    if [ "$kept" = ${content(want)} ]; then permanent=yes; elif [ -n "$kept" ]; then permanent=other; fi
    case $newline$main in *"$newline"${INCLUDE}"$newline"*) ;; *) [ -z "$kept" ] || permanent=other ;; esac
  `,
  // One transaction.
  setLive: (want) => sh`
    {
      for handle in $handles; do echo ${`delete rule ${CHAIN} handle`} "$handle"; done
      ${want.absent ? sh`:` : sh`echo ${insertion(want)}`}
    } | nft -f -
  `,
  setPermanent: (want) => (want.absent ? sh`rm -f ${fileOf(want)}` : ofMain((main) => keep(want, main))),
}

function fileOf({ name }: Firewall): string {
  return `${FOLDER}/runsheet-${name}.nft`
}

function comment({ name }: Firewall): string {
  return `comment "runsheet-${name}"`
}

/** As nft lists it. */
function match({ port, protocol = 'tcp', source }: Firewall): string {
  const network = source === undefined ? undefined : networkOf(source)
  const lone = network?.length === (network?.version === 4 ? 32 : 128)
  const from = network
    ? `${network.version === 4 ? 'ip' : 'ip6'} saddr ${network.address}${lone ? '' : `/${network.length}`} `
    : ''
  return `${from}${protocol} dport ${port} accept`
}

function insertion(want: Firewall): string {
  return `insert rule ${CHAIN} ${match(want)} ${comment(want)}`
}

function content(want: Firewall): string {
  return `${insertion(want)}\n`
}

/** Sets `live`, and `handles` to those of all rules of that name. */
function readLive(want: Firewall): Shell {
  return sh`
    live=no handles=
    rules=$(nft -nn -a list chain ${CHAIN.split(' ')}) || exit 1
    IFS=$newline
    set -f
    for rule in $rules; do
      case $rule in *${` ${comment(want)} # handle `}*) ;; *) continue ;; esac
      handles="$handles \${rule##* }"
      rule=\${rule%%${` ${comment(want)} `}*}
      if [ "$live" = no ] && [ "\${rule##*[[:blank:]]${match(want)}}" = '' ]; then live=yes; else live=other; fi
    done
    unset IFS
    set +f
  `
}

/** What the service nftables reads at boot, on Debian or on Red Hat. */
function ofMain(shell: (main: string) => Shell): Shell {
  return sh`
    if [ -d /etc/sysconfig ]; then
      ${shell('/etc/sysconfig/nftables.conf')}
    else
      ${shell('/etc/nftables.conf')}
    fi
  `
}

/** A configuration that nft refuses would leave the next boot without any firewall: it is judged before. */
function keep(want: Firewall, main: string): Shell {
  return sh`
    [ -f ${main} ] || ${fail('there is no ', main, ' that a boot would read')}
    ${refuseUnlessPlain(main)}
    mkdir -p ${FOLDER}
    ${replaceFile(fileOf(want), writeText(toText(content(want)), '"$tmp"'))}
    ${replaceFile(
      main,
      sh`
        cat ${main} > "$tmp"
        grep -qxF ${INCLUDE} "$tmp" || echo ${INCLUDE} >> "$tmp"
        nft -c -f "$tmp" || {
          rm -f ${fileOf(want)}
          ${fail('nft would refuse ', main, ' with the rule: it must make the chain ', CHAIN)}
        }
      `,
    )}
  `
}
