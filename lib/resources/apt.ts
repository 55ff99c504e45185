import { lines, type Shell, sh } from '../shell/sh.ts'
import type { PackageManager, Wanted } from './package.ts'
import { atExit } from './snippets.ts'

/**
 * A person's changes of the configuration win (dpkg(1), `--force-confold`), another apt is waited for
 * (apt 1.9.11; ignored before), and needrestart leaves the services of a cluster alone.
 */
export const APT = sh`DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -y -q \
-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold -o DPkg::Lock::Timeout=120`

/** What a power cut left half configured; apt refuses to work before. */
const FINISH = sh`DEBIAN_FRONTEND=noninteractive dpkg --configure -a --force-confdef --force-confold`

/** Debian's own: dpkg 1.17.11 (Debian 8) or later. One dpkg-query tells of all names. */
export const apt: PackageManager = {
  print: (wanted) => sh`
    newline='
    '
    found=$newline$(dpkg-query -W -f '\${Package} \${db:Status-Status} \${Version}\\n' ${wanted.map(({ name }) => name)} 2> /dev/null)$newline || :
    ${lines(wanted.map(printOne))}
  `,
  // A fresh machine has no lists, and old ones do not know what is new.
  install: (wanted) => sh`
    ${FINISH}
    ${installWith(wanted, ['--simulate'])} > /dev/null 2>&1 || ${APT} update
    ${installWith(wanted, [])}
  `,
  remove: (names) => sh`
    ${FINISH}
    ${APT} remove ${names}
  `,
  // "$aside" holds what was there, and is empty where nothing was: while it exists the policy is ours, even
  // after a power cut. The policy itself only holds as long as the shell lives that wrote it.
  holdServices: sh`
    policy=/usr/sbin/policy-rc.d aside=/usr/sbin/policy-rc.d.runsheet
    if [ ! -e "$aside" ]; then
      if [ -e "$policy" ]; then mv -f "$policy" "$aside"; else : > "$aside"; fi
    fi
    ${atExit(sh`if [ -s "$aside" ]; then mv -f "$aside" "$policy"; else rm -f "$policy" "$aside"; fi`)}
    echo '#!/bin/sh' > "$policy"
    echo "if kill -0 $$ 2> /dev/null; then exit 101; fi" >> "$policy"
    chmod 755 "$policy"
  `,
}

function printOne({ name, version }: Wanted): Shell {
  return sh`
    status=\${found#*"$newline"${`${name} `}}
    if [ "$status" = "$found" ]; then status=absent; fi
    status=\${status%%"$newline"*} version=\${status#* }
    status=\${status%% *}
    case $status in config-files | not-installed) status=absent ;; esac
    ${version === undefined ? sh`:` : sh`[ "$status" != installed ] || status=$version`}
    echo ${name} "$status"
  `
}

function specs(wanted: readonly Wanted[]): string[] {
  return wanted.map(({ name, version }) => (version === undefined ? name : `${name}=${version}`))
}

/** Who names a version means it. */
function installWith(wanted: readonly Wanted[], options: readonly string[]): Shell {
  const downgrades = wanted.some(({ version }) => version !== undefined) ? ['--allow-downgrades'] : []
  return sh`${APT} --no-install-recommends ${[...downgrades, ...options]} install ${specs(wanted)}`
}
