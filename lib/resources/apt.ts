import { sh } from '../shell/sh.ts'
import type { PackageManager } from './package.ts'
import { atExit } from './snippets.ts'

/**
 * A person's changes of the configuration win (dpkg(1), `--force-confold`), another apt is waited for
 * (apt 1.9.11; ignored before), and needrestart leaves the services of a cluster alone.
 */
const APT = sh`DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -y -q \
-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold -o DPkg::Lock::Timeout=120`

/** What a power cut left half configured; apt refuses to work before. */
const FINISH = sh`DEBIAN_FRONTEND=noninteractive dpkg --configure -a --force-confdef --force-confold`

/** Debian's own: dpkg 1.17.11 (Debian 8) or later. One dpkg-query tells of all names. */
export const apt: PackageManager = {
  needs: ['dpkg-query'],
  name: /^[a-z0-9][a-z0-9+.-]+$/,
  print: (names) => sh`
    newline='
    '
    found=$newline$(dpkg-query -W -f '\${Package} \${db:Status-Status}\\n' ${names} 2> /dev/null)$newline || :
    for name in ${names}; do
      status=\${found#*"$newline$name "}
      if [ "$status" = "$found" ]; then status=absent; fi
      status=\${status%%"$newline"*}
      case $status in config-files | not-installed) status=absent ;; esac
      echo "$name $status"
    done
  `,
  install: (names) => sh`
    ${FINISH}
    ${APT} --no-install-recommends install ${names}
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
