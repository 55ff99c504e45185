import { lines, type Shell, sh } from '../shell/sh.ts'
import type { Firewall } from './firewall.ts'
import type { FirewallManager } from './firewall-managers.ts'
import { networkOf } from './network.ts'
import { fail, refuseUnlessPlain, replaceFile } from './snippets.ts'

/** iptables and ip6tables are two programs with two files. */
interface Family {
  version: 4 | 6
  program: string
  /** What a boot restores: netfilter-persistent(8) on Debian, the service iptables on Red Hat. */
  files: readonly [debian: string, redHat: string]
}

const FAMILIES: readonly Family[] = [
  { version: 4, program: 'iptables', files: ['/etc/iptables/rules.v4', '/etc/sysconfig/iptables'] },
  { version: 6, program: 'ip6tables', files: ['/etc/iptables/rules.v6', '/etc/sysconfig/ip6tables'] },
]

/** iptables(8) 1.4 or later. What iptables-save prints and what a boot restores is one text, so one question reads both. */
export const iptables: FirewallManager = {
  read: (want) => sh`
    newline='
    '
    live= permanent=
    ${each(
      want,
      (family) => sh`
      rules=$(${`${family.program}-save`} -t filter) || exit 1
      ${judge(want, family, 'live')}
      ${ofFile(
        family,
        (file) => sh`
        rules=
        [ ! -f ${file} ] || rules=$(cat ${file})
      `,
      )}
      ${judge(want, family, 'permanent')}
    `,
    )}
  `,
  setLive: (want) =>
    each(
      want,
      (family) => sh`
      rules=$(${`${family.program}-save`} -t filter)
      ${want.absent ? sh`:` : sh`${family.program} -I ${ruleOf(want, family).replace('-A ', '').split(' ')}`}
      IFS=$newline
      for rule in $rules; do
        case $rule in '-A INPUT '*${mark(want)}*) ;; *) continue ;; esac
        unset IFS
        ${family.program} -D \${rule#-A }
      done
      unset IFS
    `,
    ),
  setPermanent: (want) => each(want, (family) => ofFile(family, (file) => keep(want, family, file))),
}

/** The families that the source belongs to, as far as the host has their programs. */
function each({ source }: Firewall, shell: (family: Family) => Shell): Shell {
  const version = source === undefined ? undefined : networkOf(source)?.version
  const families = FAMILIES.filter((family) => version === undefined || family.version === version)
  return lines(
    families.map(
      (family) => sh`
      if command -v ${`${family.program}-save`} > /dev/null; then
        ${shell(family)}
      fi
    `,
    ),
  )
}

function mark({ name }: Firewall): string {
  return ` --comment runsheet-${name} `
}

/** As iptables-save prints it. */
function ruleOf(want: Firewall, { version }: Family): string {
  const { port, protocol = 'tcp', source } = want
  const network = source === undefined ? undefined : networkOf(source)
  const from = network?.version === version ? ` -s ${network.address}/${network.length}` : ''
  const ports = String(port).replace('-', ':')
  return `-A INPUT${from} -p ${protocol} -m ${protocol} --dport ${ports} -m comment${mark(want)}-j ACCEPT`
}

/** Sets a variable to what the rules say, and to other where two families say different things. */
function judge(want: Firewall, family: Family, variable: string): Shell {
  const name = sh`${variable}`
  return sh`
    found=no
    case $newline$rules$newline in *"$newline"${ruleOf(want, family)}"$newline"*) found=yes ;; esac
    rest=\${rules#*${mark(want)}}
    case $found$rest in
      yes*${mark(want)}*) found=other ;;
      no*) [ "$rest" = "$rules" ] || found=other ;;
    esac
    if [ "\${${name}:-$found}" = $found ]; then ${name}=$found; else ${name}=other; fi
  `
}

function ofFile({ files: [debian, redHat] }: Family, shell: (file: string) => Shell): Shell {
  return sh`
    if [ -d /etc/sysconfig ]; then
      ${shell(redHat)}
    else
      ${shell(debian)}
    fi
  `
}

function keep(want: Firewall, family: Family, file: string): Shell {
  const folder = file.slice(0, file.lastIndexOf('/'))
  return sh`
    [ -d ${folder} ] || ${fail('nothing would restore the rule at boot: no directory ', folder, ', install iptables-persistent')}
    ${refuseUnlessPlain(file)}
    ${want.absent ? sh`[ ! -f ${file} ] || ` : sh``}${replaceFile(file, merge(want, family, file))}
  `
}

/** The rule comes before the first one of its table; a file that is not there yet is made. */
function merge(want: Firewall, family: Family, file: string): Shell {
  return sh`
    from=${file}
    if [ ! -s "$from" ]; then
      from="$tmp"
      printf '%s\\n' '*filter' ':INPUT ACCEPT [0:0]' ':FORWARD ACCEPT [0:0]' ':OUTPUT ACCEPT [0:0]' COMMIT > "$from"
    fi
    merged=$(mark=${mark(want)} rule=${want.absent ? '' : ruleOf(want, family)} awk '
      index($0, "-A INPUT ") == 1 && index($0, ENVIRON["mark"]) { next }
      /^[*]/ { table = $1 }
      table == "*filter" && !done && (/^-/ || $1 == "COMMIT") { done = 1; if (ENVIRON["rule"] != "") print ENVIRON["rule"] }
      { print }
      END { if (!done && ENVIRON["rule"] != "") exit 1 }
    ' "$from") || ${fail(file, ' has no table filter')}
    printf '%s\\n' "$merged" > "$tmp"
  `
}
