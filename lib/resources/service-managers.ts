import { type Shell, sh } from '../shell/sh.ts'
import { fail } from './snippets.ts'

/** What differs from one service manager to the next. */
export interface ServiceManager {
  /** Sets `running`, `enabled` and `masked` to yes or no; changes nothing. The rest comes after it in one script. */
  read: (name: string) => Shell
  start: (name: string) => Shell
  stop: (name: string) => Shell
  enable: (name: string) => Shell
  disable: (name: string) => Shell
  /** So that nothing at all can start it. */
  mask: (name: string) => Shell
  unmask: (name: string) => Shell
  /** Starts it anew, or for the first time. */
  restart: (name: string) => Shell
}

/** One `-p` for each: before systemd 221 no list was taken. */
const PROPERTIES = ['LoadState', 'ActiveState', 'SubState', 'UnitFileState', 'NeedDaemonReload'].flatMap(
  (property) => ['-p', property],
)

/** A unit file or script that has just been written is not known before. */
const RELOAD = sh`case $unit in *NeedDaemonReload=yes* | *LoadState=not-found*) systemctl daemon-reload ;; esac`

/**
 * systemd(1). A unit made from a SysV script is `generated`: whether it is enabled stands in the links of the
 * run levels, and `active (exited)` says only that the script once succeeded, so the script itself is asked.
 */
export const systemd: ServiceManager = {
  read: (name) => sh`
    unit=$(systemctl show ${PROPERTIES} -- ${name}) || exit 1
    running=no enabled=no masked=no generated=no exited=no dead=no
    for entry in $unit; do
      case $entry in
        ActiveState=active | ActiveState=reloading) running=yes ;;
        SubState=exited) exited=yes ;;
        UnitFileState=enabled) enabled=yes ;;
        UnitFileState=masked | UnitFileState=masked-runtime) masked=yes ;;
        UnitFileState=generated) generated=yes ;;
      esac
    done
    if [ $generated = yes ]; then
      ${readLinks(name)}
      if [ $running$exited = yesyes ] && ! ${scriptOf(name)} status > /dev/null 2>&1; then running=no dead=yes; fi
    fi
  `,
  start: (name) => sh`
    ${RELOAD}
    if [ $dead = yes ]; then systemctl stop -- ${name}; fi
    case $unit in *ActiveState=failed*) systemctl reset-failed -- ${name} ;; esac
    systemctl start -- ${name}
  `,
  stop: (name) => sh`systemctl stop -- ${name}`,
  enable: (name) => sh`
    ${RELOAD}
    systemctl enable -- ${name}
  `,
  disable: (name) => sh`systemctl disable -- ${name}`,
  mask: (name) => sh`systemctl mask -- ${name}`,
  unmask: (name) => sh`systemctl unmask -- ${name}`,
  restart: (name) => sh`
    systemctl daemon-reload
    systemctl restart -- ${name}
  `,
}

/** Scripts as in the LSB, "Init Script Actions": `status` exits 0 while the service runs. */
export const sysv: ServiceManager = {
  read: (name) => sh`
    running=no enabled=no masked=no
    if [ -x ${scriptOf(name)} ] && ${scriptOf(name)} status > /dev/null 2>&1; then running=yes; fi
    ${readLinks(name)}
  `,
  start: (name) => sh`
    ${refuseMissing(name)}
    ${scriptOf(name)} start
    ${awaitStatus(name, sh`-eq 0`)}
  `,
  stop: (name) => sh`
    ${scriptOf(name)} stop
    ${awaitStatus(name, sh`-ne 0`)}
  `,
  // update-rc.d(8) enables only what has links already; `defaults` makes them and leaves present ones alone.
  enable: (name) => sh`
    ${refuseMissing(name)}
    if command -v update-rc.d > /dev/null; then
      update-rc.d ${name} defaults
      update-rc.d ${name} enable
    else
      chkconfig --add ${name}
      chkconfig ${name} on
    fi
  `,
  disable: (name) => sh`
    if command -v update-rc.d > /dev/null; then update-rc.d ${name} disable; else chkconfig ${name} off; fi
  `,
  mask: (name) => fail('SysV cannot mask ', name, ': disable it'),
  unmask: () => sh`:`,
  restart: (name) => sh`
    ${refuseMissing(name)}
    ${scriptOf(name)} restart
  `,
}

function scriptOf(name: string): string {
  return `/etc/init.d/${name}`
}

function readLinks(name: string): Shell {
  return sh`for link in /etc/rc[2-5].d/S[0-9][0-9]${name}; do
    [ ! -e "$link" ] || enabled=yes
  done`
}

/** A script may come back before its daemon has written its number, or before it is gone: up to 5 s are given. */
function awaitStatus(name: string, wanted: Shell): Shell {
  return sh`
    for second in 1 2 3 4 5; do
      code=0
      ${scriptOf(name)} status > /dev/null 2>&1 || code=$?
      if [ $code ${wanted} ]; then break; fi
      sleep 1
    done
  `
}

function refuseMissing(name: string): Shell {
  return sh`[ -x ${scriptOf(name)} ] || ${fail('there is no service ', name, ': no ', scriptOf(name))}`
}
