import { filesystem } from '../../../lib/resources/index.ts'
import { type Shell, sh } from '../../../lib/shell/sh.ts'
import type { ContractCase, Refusal } from '../case.ts'
import { HOSTILE } from '../host.ts'

const FOLDER = '/srv/contract/disks'
const on = (name: string) =>
  filesystem({ device: `${FOLDER}/${name}`, type: 'ext4', label: 'data', options: ['-q'] })

export const cases: readonly ContractCase[] = [
  {
    // A file serves as a disk. Nothing of it drifts: what is there is never overwritten.
    name: 'on an empty disk',
    machine: 'debian',
    prepare: sh`mkdir -p ${FOLDER}; cd ${FOLDER}; for name in disk ${HOSTILE}; do truncate -s 1M -- "$name"; done`,
    task: () => on('disk'),
    drift: [],
    hostile: on,
  },
]

const precious = (name: string, make: Shell): Shell => sh`
  mkdir -p ${FOLDER}; cd ${FOLDER}
  truncate -s 2M ${name}
  ${make}
`

export const refusals: readonly Refusal[] = [
  {
    name: 'a disk with a file system of another label',
    machine: 'debian',
    prepare: precious('other', sh`mkfs -t ext4 -q -L other other`),
    task: () => on('other'),
    reason: /other is not empty \(blkid 0\).*LABEL=other/s,
  },
  {
    name: 'a disk with a table of partitions',
    machine: 'debian',
    prepare: precious(
      'parted',
      sh`
      printf '\\203' | dd of=parted bs=1 seek=450 conv=notrunc
      printf '\\125\\252' | dd of=parted bs=1 seek=510 conv=notrunc
    `,
    ),
    task: () => on('parted'),
    reason: /parted is not empty.*PTTYPE=dos/s,
  },
]
