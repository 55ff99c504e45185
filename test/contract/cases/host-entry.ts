import { hostEntry } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'

const node = hostEntry({ address: '192.0.2.1', names: ['node1', 'node1.example.org'] })

export const cases: readonly ContractCase[] = [
  {
    name: 'whose names were elsewhere',
    machine: 'debian',
    prepare: sh`printf '127.0.1.1 node1 # $(touch owned)\\n192.0.2.1 old # why\\n' >> /etc/hosts`,
    task: () => node,
    drift: [
      { field: 'entry', by: sh`sed -i 's/^192.0.2.1\\tnode1 /&spare /' /etc/hosts` },
      { field: 'elsewhere', by: sh`echo '192.0.2.9 node1' >> /etc/hosts` },
    ],
    hostile: (name) => hostEntry({ address: '192.0.2.2', names: [name] }),
  },
]
