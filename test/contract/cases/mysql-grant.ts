import { mysqlGrant } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'
import { SERVER } from '../mariadb.ts'

const ACCOUNT = sh`
  ${SERVER}
  mariadb -e 'CREATE USER IF NOT EXISTS reader@localhost; CREATE DATABASE IF NOT EXISTS d_1; CREATE TABLE IF NOT EXISTS d_1.t (a INT)'
`

export const cases: readonly ContractCase[] = [
  {
    name: 'of a database',
    machine: 'debian',
    prepare: ACCOUNT,
    task: () =>
      mysqlGrant({ user: 'reader', database: 'd_1', privileges: ['SELECT', 'INSERT'], grantOption: true }),
    drift: [
      { field: 'privileges', by: sh`mariadb -e 'REVOKE INSERT ON \`d\\_1\`.* FROM reader@localhost'` },
      { field: 'privileges', by: sh`mariadb -e 'GRANT DROP ON \`d\\_1\`.* TO reader@localhost'` },
      { field: 'grantable', by: sh`mariadb -e 'REVOKE GRANT OPTION ON \`d\\_1\`.* FROM reader@localhost'` },
    ],
    hostile: (database) => mysqlGrant({ user: 'reader', database, privileges: ['SELECT'] }),
  },
  {
    name: 'of a table, beside those of its database',
    machine: 'debian',
    prepare: ACCOUNT,
    task: () => mysqlGrant({ user: 'reader', database: 'd_1', table: 't', privileges: ['ALL'] }),
    drift: [{ field: 'privileges', by: sh`mariadb -e 'REVOKE DROP ON d_1.t FROM reader@localhost'` }],
  },
  {
    name: 'of everything',
    machine: 'debian',
    prepare: ACCOUNT,
    task: () => mysqlGrant({ user: 'reader', privileges: ['REPLICATION CLIENT', 'PROCESS'] }),
    drift: [
      { field: 'privileges', by: sh`mariadb -e 'GRANT ALL ON *.* TO reader@localhost'` },
      { field: 'grantable', by: sh`mariadb -e 'GRANT USAGE ON *.* TO reader@localhost WITH GRANT OPTION'` },
    ],
  },
]
