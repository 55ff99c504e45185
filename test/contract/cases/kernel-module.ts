import { kernelModule } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'

export const cases: readonly ContractCase[] = [
  {
    name: 'with options',
    machine: 'lab',
    prepare: sh`modprobe -r dummy; rm -f /etc/modprobe.d/dummy.conf /etc/modules-load.d/dummy.conf`,
    task: () => kernelModule({ name: 'dummy', options: 'numdummies=2' }),
    drift: [
      { field: 'loaded', by: sh`modprobe -r dummy` },
      { field: 'persistent', by: sh`rm /etc/modules-load.d/dummy.conf` },
      { field: 'options', by: sh`echo 'options dummy numdummies=3' > /etc/modprobe.d/dummy.conf` },
    ],
    // A plain word is a name, and no such module is there.
    hostile: (name) => kernelModule({ name: `dummy ${name}` }),
  },
]
