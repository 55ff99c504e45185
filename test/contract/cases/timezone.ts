import { timezone } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'

export const cases: readonly ContractCase[] = [
  {
    name: 'with the name beside the link',
    machine: 'debian',
    prepare: sh`ln -sfn ../usr/share/zoneinfo/Etc/UTC /etc/localtime; echo Etc/UTC > /etc/timezone`,
    task: () => timezone({ zone: 'Europe/Berlin' }),
    drift: [
      { field: 'zone', by: sh`ln -sfn /usr/share/zoneinfo/Asia/Tokyo /etc/localtime` },
      { field: 'named', by: sh`echo Asia/Tokyo > /etc/timezone` },
    ],
  },
  {
    name: 'without it, from a copy',
    machine: 'rpm',
    prepare: sh`rm -f /etc/timezone /etc/localtime; cp /usr/share/zoneinfo/Etc/UTC /etc/localtime`,
    task: () => timezone({ zone: 'America/Argentina/Buenos_Aires' }),
    drift: [{ field: 'zone', by: sh`ln -sfn /usr/share/zoneinfo/Asia/Tokyo /etc/localtime` }],
  },
]
