import { waitFor } from '../../../lib/resources/index.ts'
import { type Shell, sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'

const COMES = '/srv/wait/comes'
const GOES = '/srv/wait/goes'
const STATE = '/srv/wait/state'

/** What is waited for happens by itself, after the check that comes first has seen that it has not yet. */
const later = (act: Shell) => sh`
  mkdir -p /srv/wait
  ( sleep 20; ${act} ) < /dev/null > /dev/null 2>&1 &
`

const listen = sh`timeout 300 /usr/sbin/sshd -D -p 2200 -o PidFile=/run/wait.pid`

export const cases: readonly ContractCase[] = [
  {
    name: 'for a path',
    machine: 'debian',
    prepare: later(sh`: > ${COMES}`),
    task: () => waitFor({ path: COMES, timeout: 50 }),
    drift: [{ field: 'met', by: sh`rm ${COMES}; ${later(sh`: > ${COMES}`)}` }],
  },
  {
    name: 'for the end of a path',
    machine: 'debian',
    prepare: sh`${later(sh`rm ${GOES}`)} : > ${GOES}`,
    task: () => waitFor({ path: GOES, gone: true, timeout: 50 }),
    drift: [{ field: 'met', by: sh`: > ${GOES}; ${later(sh`rm ${GOES}`)}` }],
  },
  {
    name: 'for a port of the host',
    machine: 'debian',
    prepare: later(listen),
    task: () => waitFor({ port: 2200, timeout: 50 }),
    drift: [],
  },
  {
    name: 'for a port at an address',
    machine: 'rpm',
    prepare: later(listen),
    task: () => waitFor({ port: 2200, address: 'localhost', timeout: 50 }),
    drift: [],
  },
  {
    name: 'for a command',
    machine: 'debian',
    prepare: later(sh`echo ready > ${STATE}`),
    task: () =>
      waitFor({ name: 'the state', command: sh`read -r word < ${STATE}; [ "$word" = ready ]`, timeout: 50 }),
    drift: [],
  },
]
