import { pkg } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'

export const cases: readonly ContractCase[] = [
  {
    name: 'present, from an archive of apt',
    machine: 'debian',
    task: () => pkg({ names: ['contract-one', 'contract-two'] }),
    drift: [{ field: 'contract-two', by: sh`dpkg --remove contract-two` }],
    hostile: (names) => pkg({ names }),
  },
  {
    name: 'present, without its service',
    machine: 'debian',
    task: () => pkg({ names: 'contract-service', startServices: false }),
    drift: [{ field: 'contract-service', by: sh`dpkg --remove contract-service` }],
  },
  {
    name: 'absent',
    machine: 'debian',
    prepare: sh`apt-get -q -y install contract-three`,
    task: () => pkg({ names: 'contract-three', state: 'absent' }),
    drift: [{ field: 'contract-three', by: sh`apt-get -q -y install contract-three` }],
  },
]
