import { swap } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'

export const cases: readonly ContractCase[] = [
  {
    name: 'in a file',
    machine: 'lab',
    prepare: sh`mkdir -p /srv/contract`,
    task: () => swap({ path: '/srv/contract/swap', size: '8M', priority: 7 }),
    drift: [
      { field: 'priority', by: sh`swapoff /srv/contract/swap; swapon -p 3 /srv/contract/swap` },
      { field: 'persistent', by: sh`sed -i '/contract.swap/d' /etc/fstab` },
    ],
    hostile: (name) => swap({ path: `/srv/contract/${name}`, size: '1M' }),
  },
]
