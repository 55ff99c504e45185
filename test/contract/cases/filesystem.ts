import { filesystem } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'
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
