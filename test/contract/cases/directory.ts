import { directory } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase, Refusal } from '../case.ts'

const PATH = '/srv/contract/directories/one'

export const cases: readonly ContractCase[] = [
  {
    name: 'with its parents, a mode and owners',
    machine: 'debian',
    task: () => directory({ path: PATH, mode: '2750', owner: 'daemon', group: 'daemon' }),
    drift: [
      { field: 'mode', by: sh`chmod 0755 ${PATH}; chmod g-s ${PATH}` },
      { field: 'owner', by: sh`chown root ${PATH}; chmod 2750 ${PATH}` },
      { field: 'group', by: sh`chgrp root ${PATH}; chmod 2750 ${PATH}` },
    ],
    hostile: (name) => directory({ path: `/srv/contract/directories/${name}/${name}`, mode: '0711' }),
  },
  {
    name: 'whatever its access',
    machine: 'debian',
    task: () => directory({ path: '/srv/contract/directories/two' }),
    drift: [{ field: 'kind', by: sh`rmdir /srv/contract/directories/two` }],
  },
]

export const refusals: readonly Refusal[] = [
  {
    name: 'to take the place of a file',
    machine: 'debian',
    prepare: sh`: > /srv/contract/directories/file`,
    task: () => directory({ path: '/srv/contract/directories/file' }),
    reason: /file is there and is no directory/,
  },
]
