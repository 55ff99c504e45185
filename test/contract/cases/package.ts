import { pkg } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'

export const cases: readonly ContractCase[] = [
  {
    name: 'present, from an archive of apt',
    machine: 'debian',
    task: () => pkg({ names: ['contract-one', 'contract-two'] }),
    drift: [{ field: 'contract-two', by: sh`dpkg --remove contract-two` }],
    // A plain word is a name, and no such package is there.
    hostile: (name) => pkg({ names: `contract ${name}` }),
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
  {
    name: 'in a version, where the lists do not know it yet',
    machine: 'debian',
    prepare: sh`
      apt-get -q -y remove contract-two
      rm -f /var/lib/apt/lists/*Packages
    `,
    task: () => pkg({ names: 'contract-two=1.0' }),
    drift: [{ field: 'contract-two', by: sh`dpkg --remove contract-two` }],
  },
  {
    name: 'present and in a version, from a repository of dnf',
    machine: 'rpm',
    // Debian's rpm makes its book when it is first asked.
    prepare: sh`rpm -qa`,
    task: () => pkg({ names: ['contract-one', 'contract-two=1.0-1'] }),
    drift: [
      { field: 'contract-one', by: sh`rpm -e contract-one` },
      { field: 'contract-two', by: sh`rpm -e contract-two` },
    ],
    // A plain word is a name, and no such package is there.
    hostile: (name) => pkg({ names: `contract ${name}` }),
  },
  {
    name: 'absent, with dnf',
    machine: 'rpm',
    prepare: sh`dnf -q -y install contract-three`,
    task: () => pkg({ names: 'contract-three', state: 'absent' }),
    drift: [{ field: 'contract-three', by: sh`dnf -q -y install contract-three` }],
  },
]
