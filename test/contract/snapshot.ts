import { sh } from '../../lib/shell/sh.ts'
import type { Machine } from './machines/machine.ts'

/** Where Debian's rpm has its book; even a question writes to what SQLite keeps beside it. */
const RPM_BOOK = '/root/.rpmdb'

/** What lives by itself on any machine, and what the engine remembers of its own work. */
const ALIVE = ['/proc', '/sys', '/dev', '/run', '/var/log', '/var/lib/runsheet', RPM_BOOK]

/** Nine of ten files; nobody but a package writes there. */
const PROGRAMS = ['/usr/lib', '/usr/share']

/**
 * What a repair may leave different from before: caches, the books of package managers and LVM, shadow(5)'s old copies,
 * and crontabs, in whose head Debian's cron writes when they were installed.
 */
const TRACES = [
  '/var/cache',
  '/var/lib/dpkg',
  '/var/lib/apt',
  '/var/lib/rpm',
  '/var/lib/dnf',
  '/etc/lvm',
  '/etc/*-',
  '/var/spool/cron',
]

const MARK = '/run/contract'

/** From now on what changes is seen. */
export async function startSnapshots({ sh: run }: Machine): Promise<void> {
  await run(sh`: > ${MARK}; sleep 0.1`)
}

/** Every file that was touched since the start, with the moment: two that are equal say that nothing was written. */
export function touched(machine: Machine): Promise<string> {
  return machine.sh(sh`${find(ALIVE)} -printf '%p %y %m %U:%G %s %l %C@\\n'`)
}

/** What those files are: two that are equal say that the state is the same. */
export function state(machine: Machine): Promise<string> {
  return machine.sh(sh`
    ${find([...ALIVE, ...TRACES])} -printf '%p %y %m %U:%G %l\\n' -type f -exec sha256sum {} +
    cat /proc/self/mounts
  `)
}

/** GNU's find, also where busybox is in front. */
function find(skip: readonly string[]) {
  const paths = [...PROGRAMS, ...skip]
  const tests = paths.flatMap((path, number) => (number === 0 ? ['-path', path] : ['-o', '-path', path]))
  return sh`/usr/bin/find / -xdev '(' ${tests} ')' -prune -o -cnewer ${MARK}`
}
