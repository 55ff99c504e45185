import type { Condition } from './resource/contract.ts'
import { raw, type Shell, sh } from './shell/sh.ts'

// Questions that many playbooks ask. A playbook names those that it needs in its `facts`; they ride in the first round
// trip, and what nobody names costs nothing. Each prints one line, and most of them fork nothing.

/**
 * Sets `id`, `like` and `version` from os-release(5). Systems from before it (EL 5 and 6) have a file of their own, such
 * as `CentOS release 5.11 (Final)`. CentOS Stream, which is another system than CentOS was, has its ID.
 */
const READ_OS = raw(`\
id= like= version= name=
if [ -r /etc/os-release ]; then
  while IFS='=' read -r key value; do
    value=\${value#[\\"\\']}
    value=\${value%[\\"\\']}
    case $key in ID) id=$value ;; ID_LIKE) like=$value ;; VERSION_ID) version=$value ;; NAME) name=$value ;; esac
  done </etc/os-release
  [ "$name" != 'CentOS Stream' ] || id=centos-stream
elif [ -r /etc/redhat-release ]; then
  read -r release </etc/redhat-release
  id=redhat like=rhel version=\${release##*release }
  version=\${version%% *}
  case $release in CentOS*) id=centos ;; Red*) id=rhel ;; esac
else
  echo 'neither /etc/os-release nor /etc/redhat-release is there' >&2
  exit 75
fi`)

/** `debian`, `redhat`, `suse`, `arch` or `alpine`: whose habits the system follows; elsewhere its own name. */
export const osFamily: Shell = sh`
  ${READ_OS}
  case " $id $like " in
    *' debian '* | *' ubuntu '*) echo debian ;;
    *' rhel '* | *' fedora '* | *' centos '*) echo redhat ;;
    *' suse '* | *' opensuse '* | *' sles '*) echo suse ;;
    *) echo "$id" ;;
  esac`

/** The system's own name and release, such as `debian 12`, `centos-stream 9` or `centos 5.11`; a rolling one has no release. */
export const osRelease: Shell = sh`
  ${READ_OS}
  echo "$id\${version:+ $version}"`

/** `systemd`, `openrc`, `upstart` or `sysv`: what manages services now, as sd_booted(3) tells. */
export const serviceManager: Shell = sh`
  if [ -d /run/systemd/system ]; then echo systemd
  elif [ -d /run/openrc ]; then echo openrc
  elif [ -x /sbin/initctl ] && [ -d /etc/init ]; then echo upstart
  else echo sysv
  fi`

/** `apt`, `dnf`, `yum`, `zypper`, `apk` or `pacman`: the first of them that is installed. */
export const packageManager: Shell = sh`
  for manager in apt-get dnf yum zypper apk pacman; do
    if command -v $manager >/dev/null; then echo "\${manager%-get}"; exit 0; fi
  done
  echo 'no package manager is installed that is known here' >&2
  exit 75`

/** The release of the running kernel, as `uname -r` prints it. */
export const kernel: Shell = sh`uname -r`

/** The machine's architecture, as `uname -m` prints it. */
export const architecture: Shell = sh`uname -m`

/** The whole memory in KiB, from proc(5). */
export const memory: Shell = sh`
  while read -r key value _; do
    if [ "$key" = MemTotal: ]; then echo "$value"; exit 0; fi
  done </proc/meminfo
  exit 75`

/** The first IPv4 address of a network card with its prefix, such as `192.0.2.1/24`; an empty line where it has none. */
export function addressOf(card: string): Shell {
  return sh`
    command -v ip >/dev/null || { echo 'there is no ip(8)' >&2; exit 75; }
    shown=$(ip -o -4 addr show dev ${card}) || exit 75
    case $shown in *' inet '*) shown=\${shown#* inet } ;; *) shown= ;; esac
    echo "\${shown%% *}"`
}

/**
 * The condition of a task that is for some hosts alone. The target decides, at the moment of the change.
 *
 * @example pkg({ names: 'chrony' }, { when: factIs(osFamily, 'debian', 'redhat') })
 */
export function factIs(fact: Shell, ...values: [string, ...string[]]): Condition {
  const wanted = values.join(' or ')
  return {
    otherwise: `the host is not ${wanted}`,
    test: sh`
      fact=$(${fact}
      ) || exit 75
      for value in ${values}; do
        if [ "$fact" = "$value" ]; then exit 0; fi
      done
      exit 1`,
  }
}
