import { group } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'

export const cases: readonly ContractCase[] = [
  {
    name: 'with a number',
    machine: 'debian',
    task: () => group({ name: 'contract-numbered', gid: 5002 }),
    drift: [],
    hostile: (name) => group({ name }),
  },
  {
    name: 'of the system',
    machine: 'debian',
    task: () => group({ name: 'contract-system', system: true }),
    drift: [{ field: 'group', by: sh`groupdel contract-system` }],
  },
]
