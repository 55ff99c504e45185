import { yumRepository } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'
import { SIGNED_ARCHIVE } from '../signed-archive.ts'

export const cases: readonly ContractCase[] = [
  {
    name: 'with a key',
    machine: 'rpm',
    task: () =>
      yumRepository({
        name: 'own',
        description: 'our own',
        baseurls: ['file:///srv/rpm'],
        key: SIGNED_ARCHIVE.key,
      }),
    drift: [
      { field: 'source', by: sh`sed -i 's/gpgcheck=1/gpgcheck=0/' /etc/yum.repos.d/own.repo` },
      { field: 'key', by: sh`: > /etc/pki/rpm-gpg/RPM-GPG-KEY-own` },
    ],
    hostile: (name) => yumRepository({ name, baseurls: ['file:///srv/rpm'], trusted: true }),
  },
  {
    name: 'absent',
    machine: 'rpm',
    prepare: sh`echo '[gone]' > /etc/yum.repos.d/gone.repo`,
    task: () => yumRepository({ name: 'gone', absent: true }),
    drift: [{ field: 'source', by: sh`echo '[gone]' > /etc/yum.repos.d/gone.repo` }],
  },
]
