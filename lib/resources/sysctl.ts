import { CANNOT_TELL, defineResource } from '../resource/contract.ts'
import { sh } from '../shell/sh.ts'
import { toText, writeText } from '../shell/text.ts'
import { isLine, problemsOf } from './checks.ts'
import { fail, readSmall, replaceFile } from './snippets.ts'

/**
 * A kernel parameter, now and after a boot: sysctl.d(5). Persisted in /etc/sysctl.d/90-KEY.conf.
 *
 * @example sysctl({ key: 'net.ipv4.ip_nonlocal_bind', value: 1 })
 */
export interface Sysctl {
  /** As sysctl(8) writes it; a dot inside a name is a slash: `net.ipv4.conf.eth0/100.arp_ignore`. */
  key: string
  /** Several values have a blank between them. */
  value: string | number
}

/** @see Sysctl */
export const sysctl = defineResource<Sysctl>({
  kind: 'sysctl',
  id: ({ key }) => key,
  problems: ({ key, value }) =>
    problemsOf(
      [/^[A-Za-z0-9_-]+([./][A-Za-z0-9_:*-]+)+$/.test(key), `no kernel parameter: ${key}`],
      [isLine(words(value)), `no value for ${key}`],
    ),
  // dash reads byte by byte, and of a number the kernel gives nothing behind its first byte: cat reads it whole.
  probe: (want) => sh`
    if [ ! -e ${live(want)} ]; then echo ${`no ${live(want)} yet`} >&2; exit ${CANNOT_TELL}; fi
    now=$(cat ${live(want)})
    set -f
    set -- $now
    echo "live $*"
    ${readSmall(drop(want), 'kept')}
    if [ "$kept" = ${entry(want)} ]; then echo persistent yes; else echo persistent no; fi
  `,
  expect: ({ value }) => ({ live: words(value), persistent: true }),
  // The kernel judges the value before it is kept for the next boot.
  apply: (want) => sh`
    [ -e ${live(want)} ] || ${fail('the kernel has no ', live(want))}
    echo ${words(want.value)} > ${live(want)}
    ${replaceFile(drop(want), writeText(toText(entry(want)), '"$tmp"'))}
  `,
})

/** The kernel separates several values by tabs, people by blanks. */
function words(value: string | number): string {
  return String(value)
    .trim()
    .replaceAll(/[ \t]+/g, ' ')
}

function entry({ key, value }: Sysctl): string {
  return `${key} = ${words(value)}\n`
}

function live({ key }: Sysctl): string {
  return `/proc/sys/${key.replaceAll(/[./]/g, (mark) => (mark === '.' ? '/' : '.'))}`
}

function drop({ key }: Sysctl): string {
  return `/etc/sysctl.d/90-${key.replaceAll('/', '.')}.conf`
}
