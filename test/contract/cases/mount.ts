import { mount } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase, Refusal } from '../case.ts'
import { loopDisk } from '../loop-disk.ts'

const FOLDER = '/srv/contract/mounts'
const data = { device: '/dev/contract-data', filesystem: 'ext4' }
const memory = { device: 'none', filesystem: 'tmpfs', options: 'size=64k', mounted: true }

export const cases: readonly ContractCase[] = [
  {
    name: 'that is mounted now and at boot',
    machine: 'debian',
    task: () => mount({ ...memory, path: `${FOLDER}/kept`, persistent: true }),
    drift: [{ field: 'persistent', by: sh`sed -i 's/size=64k/size=65k/' /etc/fstab` }],
    hostile: (name) => mount({ ...memory, path: `${FOLDER}/${name}`, persistent: true }),
  },
  {
    name: 'that is not',
    machine: 'debian',
    prepare: sh`mkdir -p ${`${FOLDER}/gone`}; mount -t tmpfs none ${`${FOLDER}/gone`}`,
    task: () => mount({ ...memory, path: `${FOLDER}/gone`, mounted: false }),
    drift: [
      { field: 'mounted', by: sh`mount -t tmpfs none ${`${FOLDER}/gone`}` },
      { field: 'persistent', by: sh`echo ${`none ${FOLDER}/gone tmpfs defaults 0 0`} >> /etc/fstab` },
    ],
  },
  {
    name: 'of a disk by a link, at a name with a blank',
    machine: 'lab',
    prepare: sh`${loopDisk('/dev/contract-data')}; mkfs -t ext4 -q /dev/contract-data`,
    task: () =>
      mount({ ...data, path: `${FOLDER}/da ta`, options: 'noatime', mounted: true, persistent: true }),
    drift: [{ field: 'persistent', by: sh`sed -i '/contract-data/d' /etc/fstab` }],
  },
]

export const refusals: readonly Refusal[] = [
  {
    name: 'a path that is taken',
    machine: 'debian',
    prepare: sh`mkdir -p ${`${FOLDER}/taken`}; mount -t tmpfs other ${`${FOLDER}/taken`}`,
    task: () => mount({ ...memory, path: `${FOLDER}/taken` }),
    reason: /other is mounted at .*taken: unmount it by hand/,
  },
  {
    name: 'a device that is mounted elsewhere',
    machine: 'lab',
    prepare: sh`
      ${loopDisk('/dev/contract-mounted')}
      mkfs -t ext4 -q /dev/contract-mounted
      mkdir -p ${`${FOLDER}/there`}
      mount /dev/contract-mounted ${`${FOLDER}/there`}
    `,
    task: () =>
      mount({ path: `${FOLDER}/here`, device: '/dev/contract-mounted', filesystem: 'ext4', mounted: true }),
    reason: /contract-mounted is mounted already, at .*there/,
  },
]
