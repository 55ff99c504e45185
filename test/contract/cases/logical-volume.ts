import { logicalVolume } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'
import { loopDisk } from '../loop-disk.ts'

export const cases: readonly ContractCase[] = [
  {
    name: 'that grows with its file system',
    machine: 'lab',
    prepare: sh`
      ${loopDisk('/dev/contract-c')}
      vgcreate contract-lv "$(readlink -f /dev/contract-c)"
      lvcreate -n grows -L 12M contract-lv
      mkfs -q -t ext4 /dev/contract-lv/grows
    `,
    task: () => logicalVolume({ group: 'contract-lv', name: 'grows', size: '31M' }),
    drift: [{ field: 'size', by: sh`lvreduce -f -r -L 16M contract-lv/grows` }],
    hostile: (name) => logicalVolume({ group: 'contract-lv', name, size: '4M' }),
  },
]
