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

/** iptables(8) 1.4 or later. What iptables-save prints and what a boot restores is one text, and is read in one way. */
export const iptables: FirewallManager = {
  read: (want) => sh`
    newline='
    '
    live= permanent=
    ${each((family) => readFamily(want, family))}
  `,
  setLive: (want) => each((family) => setFamily(want, family)),
  setPermanent: (want) => each((family) => ofFile(family, (file) => keep(want, family, file))),
}

/** The families whose programs the host has. */
function each(shell: (family: Family) => Shell): Shell {
  const blocks = FAMILIES.map((family) => {
    const condition = sh`command -v ${`${family.program}-save`} > /dev/null`
    return sh`
      if ${condition}; then
        ${shell(family)}
      fi
    `
  })
  return lines(blocks)
}

function readFamily(want: Firewall, family: Family): Shell {
  const readFile = (file: string) => sh`
    rules=
    [ ! -f ${file} ] || rules=$(cat ${file})
  `
  return sh`
    rules=$(${`${family.program}-save`} -t filter) || exit 1
    ${judge(want, family, 'live')}
    ${ofFile(family, readFile)}
    ${judge(want, family, 'permanent')}
  `
}

/** The new rule first, so that there is no moment without one; then those that bore the name before. */
function setFamily(want: Firewall, family: Family): Shell {
  const rule = want.absent ? undefined : ruleOf(want, family)
  return sh`
    rules=$(${`${family.program}-save`} -t filter)
    ${rule === undefined ? sh`:` : sh`${family.program} -I ${rule.replace('-A ', '').split(' ')}`}
    IFS=$newline
    for rule in $rules; do
      case $rule in '-A INPUT '*${mark(want)}*) ;; *) continue ;; esac
      unset IFS
      ${family.program} -D \${rule#-A }
    done
    unset IFS
  `
}

function mark({ name }: Firewall): string {
  return ` --comment runsheet-${name} `
}

/** As iptables-save prints it; undefined where the source belongs to the other family. */
function ruleOf(want: Firewall, { version }: Family): string | undefined {
  const { port, protocol = 'tcp', source } = want
  const network = source === undefined ? undefined : networkOf(source)
  if (network && network.version !== version) return undefined
  const from = network ? ` -s ${network.address}/${network.length}` : ''
  const ports = String(port).replace('-', ':')
  return `-A INPUT${from} -p ${protocol} -m ${protocol} --dport ${ports} -m comment${mark(want)}-j ACCEPT`
}

/**
 * Sets a variable to what the rules say, and to other where the families say different things. In the family that
 * the source does not belong to, a rule of that name is one too many.
 */
function judge(want: Firewall, family: Family, variable: string): Shell {
  const name = sh`${variable}`
  const rule = ruleOf(want, family)
  if (rule === undefined) return sh`case $rules in *${mark(want)}*) ${name}=other ;; esac`
  return sh`
    found=no
    case $newline$rules$newline in *"$newline"${rule}"$newline"*) found=yes ;; esac
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
  const rule = want.absent ? undefined : ruleOf(want, family)
  return sh`
    [ -d ${folder} ] || ${fail('nothing would restore the rule at boot: no directory ', folder, ', install iptables-persistent')}
    ${refuseUnlessPlain(file)}
    ${rule === undefined ? sh`[ ! -f ${file} ] || ` : sh``}${replaceFile(file, merge(mark(want), rule ?? '', file))}
  `
}

/** The rule comes before the first one of its table; a file that is not there yet is made. */
function merge(marked: string, rule: string, file: string): Shell {
  return sh`
    from=${file}
    if [ ! -s "$from" ]; then
      from="$tmp"
      printf '%s\\n' '*filter' ':INPUT ACCEPT [0:0]' ':FORWARD ACCEPT [0:0]' ':OUTPUT ACCEPT [0:0]' COMMIT > "$from"
    fi
    merged=$(mark=${marked} rule=${rule} awk '
      index($0, "-A INPUT ") == 1 && index($0, ENVIRON["mark"]) { next }
      /^[*]/ { table = $1 }
      table == "*filter" && !done && (/^-/ || $1 == "COMMIT") { done = 1; if (ENVIRON["rule"] != "") print ENVIRON["rule"] }
      { print }
      END { if (!done && ENVIRON["rule"] != "") exit 1 }
    ' "$from") || ${fail(file, ' has no table filter')}
    printf '%s\\n' "$merged" > "$tmp"
  `
}
