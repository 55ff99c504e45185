import { group } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase, Refusal } from '../case.ts'

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

export const refusals: readonly Refusal[] = [
  {
    name: 'another number: its files would be lost to it',
    machine: 'debian',
    prepare: sh`groupadd -g 5103 contract-renumbered`,
    task: () => group({ name: 'contract-renumbered', gid: 5104 }),
    reason: /contract-renumbered has the gid 5103.*groupmod -g 5104 contract-renumbered/,
  },
]
