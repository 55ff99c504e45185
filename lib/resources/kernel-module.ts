import { defineResource } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { toText, writeText } from '../shell/text.ts'
import { isLine, problemsOf } from './checks.ts'
import { asked, readSmall, replaceFile } from './snippets.ts'

/**
 * A module of the kernel, loaded now and (modules-load.d(5)) at every boot.
 *
 * @example kernelModule({ name: 'drbd', options: 'usermode_helper=disabled' })
 */
export interface KernelModule {
  /** As modprobe(8) takes it. */
  name: string
  /** For /etc/modprobe.d/NAME.conf, modprobe.d(5); a module that is loaded gets them when it is loaded anew. */
  options?: string
  /** Listed in /etc/modules-load.d/NAME.conf; by default it is, and with false it is not. */
  persistent?: boolean
}

/** @see KernelModule */
export const kernelModule = defineResource<KernelModule>({
  kind: 'kernel-module',
  id: ({ name }) => name,
  problems: ({ name, options = 'x' }) =>
    problemsOf(
      [/^\w[\w-]*$/.test(name), `no module can be called ${name}`],
      [isLine(options), `the options of ${name} are one line`],
    ),
  probe: (want) => sh`
    if ${isLoaded(want.name)}; then echo loaded yes; else echo loaded no; fi
    ${readSmall(listFile(want), 'listed')}
    if [ "$listed" = ${list(want)} ]; then echo persistent yes; else echo persistent no; fi
    ${want.options === undefined ? sh`:` : printOptions(want)}
  `,
  expect: ({ persistent = true, options }) => ({ loaded: true, persistent, ...asked({ options }) }),
  // The options are in place before the module reads them.
  apply: (want) => sh`
    ${want.options === undefined ? sh`:` : write(optionsFile(want), options(want))}
    ${want.persistent === false ? sh`rm -f ${listFile(want)}` : write(listFile(want), list(want))}
    ${isLoaded(want.name)} || modprobe ${want.name}
  `,
})

/** A module that is built in and has no parameters shows in the list of its kernel alone. */
function isLoaded(name: string): Shell {
  const file = name.replaceAll(/[-_]/g, '[-_]')
  return sh`{ [ -d /sys/module/${name.replaceAll('-', '_')} ] || {
      read -r release < /proc/sys/kernel/osrelease &&
      grep -qs ${`/${file}[.]ko`} "/lib/modules/$release/modules.builtin"; }; }`
}

function printOptions(want: KernelModule): Shell {
  return sh`
    ${readSmall(optionsFile(want), 'options')}
    options=\${options#${`options ${want.name} `}}
    printf 'options %s\\n' "\${options%?}"
  `
}

function write(path: string, content: string): Shell {
  return replaceFile(path, writeText(toText(content), '"$tmp"'))
}

function listFile({ name }: KernelModule): string {
  return `/etc/modules-load.d/${name}.conf`
}

function list({ name }: KernelModule): string {
  return `${name}\n`
}

function optionsFile({ name }: KernelModule): string {
  return `/etc/modprobe.d/${name}.conf`
}

function options({ name, options }: KernelModule): string {
  return `options ${name} ${options}\n`
}
