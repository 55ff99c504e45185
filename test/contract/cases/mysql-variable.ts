import { mysqlVariable } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'
import { SERVER } from '../mariadb.ts'

const FILE = '/etc/mysql/mariadb.conf.d/90-contract.cnf'

export const cases: readonly ContractCase[] = [
  {
    name: 'now and after a restart',
    machine: 'debian',
    prepare: SERVER,
    task: () => mysqlVariable({ name: 'init_connect', value: `SET @a = '"\\0" #'`, file: FILE }),
    drift: [
      { field: 'live', by: sh`mariadb -e "SET GLOBAL init_connect = ''"` },
      { field: 'persistent', by: sh`rm ${FILE}` },
    ],
  },
  {
    name: 'of the running server',
    machine: 'debian',
    prepare: SERVER,
    task: () => mysqlVariable({ name: 'slow_query_log', value: true }),
    drift: [{ field: 'live', by: sh`mariadb -e 'SET GLOBAL slow_query_log = OFF'` }],
  },
]
