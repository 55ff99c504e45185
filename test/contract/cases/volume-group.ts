import { volumeGroup } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'
import { loopDisk } from '../loop-disk.ts'

export const cases: readonly ContractCase[] = [
  {
    name: 'of two disks',
    machine: 'lab',
    prepare: sh`
      ${loopDisk('/dev/contract-a')}
      ${loopDisk('/dev/contract-b')}
      ${loopDisk('/dev/contract-d')}
    `,
    task: () => volumeGroup({ name: 'contract', devices: ['/dev/contract-a', '/dev/contract-b'] }),
    drift: [
      {
        field: 'devices',
        by: sh`vgreduce contract "$(readlink -f /dev/contract-b)"; dd if=/dev/zero of=/dev/contract-b bs=1048576 count=1`,
      },
    ],
    hostile: (name) => volumeGroup({ name, devices: ['/dev/contract-d'] }),
  },
]
