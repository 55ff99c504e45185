import { mysqlDatabase } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'
import { SERVER } from '../mariadb.ts'

export const cases: readonly ContractCase[] = [
  {
    name: 'with a charset and a collation',
    machine: 'debian',
    prepare: SERVER,
    task: () => mysqlDatabase({ name: 'db1', charset: 'utf8mb4', collation: 'utf8mb4_unicode_ci' }),
    drift: [{ field: 'collation', by: sh`mariadb -e 'ALTER DATABASE db1 COLLATE utf8mb4_bin'` }],
    hostile: (name) => mysqlDatabase({ name }),
  },
  {
    name: 'with the charset alone',
    machine: 'debian',
    prepare: SERVER,
    task: () => mysqlDatabase({ name: 'db2', charset: 'utf8' }),
    drift: [{ field: 'charset', by: sh`mariadb -e 'ALTER DATABASE db2 CHARACTER SET latin1'` }],
  },
  {
    name: 'absent',
    machine: 'debian',
    prepare: sh`
      ${SERVER}
      mariadb -e 'CREATE DATABASE db3'
    `,
    task: () => mysqlDatabase({ name: 'db3', absent: true }),
    drift: [{ field: 'database', by: sh`mariadb -e 'CREATE DATABASE db3'` }],
  },
]
