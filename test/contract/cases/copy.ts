import { copy } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'

const FROM = new URL('../../../LICENSE', import.meta.url)
const PATH = '/srv/contract/copy'

export const cases: readonly ContractCase[] = [
  {
    name: 'with mode and owners',
    machine: 'debian',
    prepare: sh`mkdir -p /srv/contract; echo before > ${PATH}`,
    task: () => copy({ from: FROM, path: PATH, mode: '2750', owner: 'daemon', group: 'daemon' }),
    drift: [
      // The mode stays as it is: only a chown clears setgid.
      { field: 'content', by: sh`echo drifted > ${PATH}; chmod 2750 ${PATH}` },
      {
        field: 'content',
        by: sh`sed -i 's/the/teh/' ${PATH}; chown daemon:daemon ${PATH}; chmod 2750 ${PATH}`,
      },
      { field: 'mode', by: sh`chmod 0777 ${PATH}` },
      { field: 'owner', by: sh`chown root ${PATH}; chmod 2750 ${PATH}` },
      { field: 'group', by: sh`chgrp root ${PATH}; chmod 2750 ${PATH}` },
    ],
    hostile: (name) => copy({ from: FROM, path: `/srv/contract/copy ${name}` }),
  },
]
