import { sysctl } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'

const KEEPALIVE = '/proc/sys/net/ipv4/tcp_keepalive_time'

export const cases: readonly ContractCase[] = [
  {
    name: 'with one value',
    machine: 'debian',
    task: () => sysctl({ key: 'net.ipv4.tcp_keepalive_time', value: 600 }),
    drift: [
      { field: 'live', by: sh`echo 601 > ${KEEPALIVE}` },
      { field: 'persistent', by: sh`rm /etc/sysctl.d/90-net.ipv4.tcp_keepalive_time.conf` },
    ],
    hostile: (name) => sysctl({ key: name, value: 1 }),
  },
  {
    name: 'with two values',
    machine: 'debian',
    task: () => sysctl({ key: 'net.ipv4.ip_local_port_range', value: '20000  60000' }),
    drift: [{ field: 'live', by: sh`echo '20001 60000' > /proc/sys/net/ipv4/ip_local_port_range` }],
  },
]
