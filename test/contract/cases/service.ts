import { service } from '../../../lib/resources/index.ts'
import { type Shell, sh } from '../../../lib/shell/sh.ts'
import type { ContractCase, Refusal } from '../case.ts'

/** One service that is wanted and one that is not; `start` and the others are what a person would type. */
function both(machine: ContractCase['machine'], by: Record<'start' | 'stop' | 'enable' | 'disable', Shell>) {
  const on: ContractCase = {
    name: `of ${machine}, on`,
    machine,
    prepare: sh`${by.stop}; ${by.disable}`,
    task: () => service({ name: 'cron', running: true, enabled: true }),
    drift: [
      { field: 'running', by: by.stop },
      { field: 'enabled', by: by.disable },
    ],
    // A plain word is a name, and no such service is there.
    hostile: (name) => service({ name: `cron ${name}`, running: true }),
  }
  const off: ContractCase = {
    name: `of ${machine}, off`,
    machine,
    prepare: sh`${by.start}; ${by.enable}`,
    task: () => service({ name: 'cron', running: false, enabled: false }),
    drift: [
      { field: 'running', by: by.start },
      { field: 'enabled', by: by.enable },
    ],
  }
  return [on, off]
}

export const cases: readonly ContractCase[] = [
  ...both('sysv', {
    start: sh`/etc/init.d/cron start`,
    stop: sh`/etc/init.d/cron stop`,
    enable: sh`update-rc.d cron enable`,
    disable: sh`update-rc.d cron disable`,
  }),
  ...both('systemd', {
    start: sh`systemctl start cron`,
    stop: sh`systemctl stop cron`,
    enable: sh`systemctl enable cron`,
    disable: sh`systemctl disable cron`,
  }),
  {
    name: 'of systemd, masked',
    machine: 'systemd',
    prepare: sh`systemctl start cron`,
    task: () => service({ name: 'cron', running: false, masked: true }),
    drift: [{ field: 'masked', by: sh`systemctl unmask cron` }],
  },
  {
    name: 'of systemd, not masked',
    machine: 'systemd',
    prepare: sh`systemctl mask --now cron`,
    task: () => service({ name: 'cron', running: true, masked: false }),
    drift: [{ field: 'running', by: sh`systemctl stop cron` }],
  },
]

const unknown = (machine: Refusal['machine'], reason: RegExp): Refusal => ({
  name: 'to start what is not there',
  machine,
  prepare: sh`:`,
  task: () => service({ name: 'contract-none', running: true }),
  reason,
})

export const refusals: readonly Refusal[] = [
  unknown('sysv', /there is no service contract-none: no .*init.d.contract-none/),
  unknown('systemd', /contract-none.service not found/),
]
