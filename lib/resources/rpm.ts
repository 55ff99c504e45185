import { lines, type Shell, sh } from '../shell/sh.ts'
import type { PackageManager, Wanted } from './package.ts'

/** dnf, and before Red Hat 8 yum, which takes the same words. Weak dependencies, as Debian's, are not taken along. */
const CHOOSE = sh`
  if command -v dnf > /dev/null; then tool='dnf -y -q --setopt=install_weak_deps=False'; else tool='yum -y -q'; fi
`

/** Red Hat's own: rpm 4.4 (version 5) or later. One rpm tells of all names. */
export const rpm: PackageManager = {
  print: (wanted) => sh`
    newline='
    '
    found=$newline$(rpm -q --qf '%{NAME} %|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\\n' ${wanted.map(({ name }) => name)})$newline || :
    ${lines(wanted.map(printOne))}
  `,
  install: (wanted) => sh`
    ${CHOOSE}
    $tool install ${wanted.map(spec)}
    ${lines(wanted.filter(({ version }) => version !== undefined).map(downgrade))}
  `,
  remove: (names) => sh`
    ${CHOOSE}
    $tool remove ${names}
  `,
  holdServices: sh`:`,
}

/** Of what may be installed in several versions, such as a kernel, the wanted one counts, else the first. */
function printOne({ name, version }: Wanted): Shell {
  return sh`
    status=\${found#*"$newline"${`${name} `}}
    if [ "$status" = "$found" ]; then status=absent
    else ${version === undefined ? sh`status=installed` : sh`status=\${status%%"$newline"*}`}
    fi
    ${version === undefined ? sh`:` : sh`case $found in *"$newline"${`${name} ${version}`}"$newline"*) status=${version} ;; esac`}
    echo ${name} "$status"
  `
}

function spec({ name, version }: Wanted): string {
  return version === undefined ? name : `${name}-${version}`
}

/** yum installs no older version beside a newer one; who names it means it. */
function downgrade(wanted: Wanted): Shell {
  return sh`rpm -q ${spec(wanted)} > /dev/null || $tool downgrade ${spec(wanted)}`
}
