import { defineResource } from '../resource/contract.ts'
import { lines, type Shell, sh } from '../shell/sh.ts'
import { problemsOf } from './checks.ts'
import { type ServiceManager, systemd, sysv } from './service-managers.ts'
import { asked } from './snippets.ts'

/**
 * A service, now and at boot. One that does not exist is neither running nor enabled. A oneshot unit without
 * RemainAfterExit= never counts as running.
 *
 * @example service({ name: 'heartbeat', running: false, enabled: false })
 */
export interface Service {
  /** A unit of systemd (`.service` may be left out) or a script of /etc/init.d. */
  name: string
  running?: boolean
  /** Started at boot. */
  enabled?: boolean
  /** With true nobody can start it, by hand either: systemctl(1), `mask`. For systemd alone. */
  masked?: boolean
  /** By default systemd where it is what booted the host, else SysV. */
  manager?: 'systemd' | 'sysv'
}

/** @see Service */
export const service = defineResource<Service>({
  kind: 'service',
  id: ({ name }) => name,
  problems: ({ name, running, enabled, masked, manager }) =>
    problemsOf(
      [/^[\w@][\w:.\\@-]*$/.test(name), `no service can be called ${name}`],
      [(running ?? enabled ?? masked) !== undefined, `nothing is asked of the service ${name}`],
      [!masked || !(running || enabled), `the service ${name} cannot be masked and run`],
      [!masked || manager !== 'sysv', `SysV cannot mask the service ${name}`],
    ),
  probe: (want) => sh`
    ${choose(want, (manager) => manager.read(bare(want)))}
    ${want.running === undefined ? sh`:` : sh`echo "running $running"`}
    ${want.enabled === undefined ? sh`:` : sh`echo "enabled $enabled"`}
    ${want.masked === undefined ? sh`:` : sh`echo "masked $masked"`}
  `,
  expect: ({ running, enabled, masked }) => asked({ running, enabled, masked }),
  apply: (want) => choose(want, (manager) => change(manager, want)),
})

/**
 * Shell text that restarts a service, for a handler. It starts one that is stopped.
 *
 * @example handler('restart chrony', restart('chrony'))
 */
export function restart(name: string): Shell {
  return choose({ name }, (manager) => manager.restart(bare({ name })))
}

function choose({ manager }: Service, shell: (manager: ServiceManager) => Shell): Shell {
  if (manager === 'systemd') return shell(systemd)
  if (manager === 'sysv') return shell(sysv)
  // As sd_booted(3) tells.
  return sh`
    if [ -d /run/systemd/system ]; then
      ${shell(systemd)}
    else
      ${shell(sysv)}
    fi
  `
}

/** Only what differs: nothing restarts because its start at boot was put right. What is masked cannot be started. */
function change(manager: ServiceManager, want: Service): Shell {
  const name = bare(want)
  const { running, enabled, masked } = want
  const enable = enabled ? manager.enable(name) : manager.disable(name)
  const start = running ? manager.start(name) : manager.stop(name)
  const unmask = masked === false ? [unless('masked', false, manager.unmask(name))] : []
  const mask = masked ? [unless('masked', true, manager.mask(name))] : []
  return lines([
    manager.read(name),
    ...unmask,
    ...(enabled === undefined ? [] : [unless('enabled', enabled, enable)]),
    ...(running === undefined ? [] : [unless('running', running, start)]),
    ...mask,
  ])
}

/** A SysV script has no suffix, and systemctl adds this one by itself. */
function bare({ name }: Service): string {
  return name.replace(/[.]service$/, '')
}

function unless(variable: string, wanted: boolean, act: Shell): Shell {
  return sh`
    if [ "$${sh`${variable}`}" != ${wanted ? 'yes' : 'no'} ]; then
      ${act}
    fi
  `
}
