import { mysqlUser } from '../../../lib/resources/index.ts'
import { Secret } from '../../../lib/secret.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'
import { SERVER } from '../mariadb.ts'

export const cases: readonly ContractCase[] = [
  {
    name: 'with a password',
    machine: 'debian',
    prepare: SERVER,
    task: () => mysqlUser({ user: 'app', host: '10.0.0.%', password: new Secret('app', `'"$HOME" \\0`) }),
    drift: [
      { field: 'password', by: sh`mariadb -e "SET PASSWORD FOR 'app'@'10.0.0.%' = PASSWORD('other')"` },
    ],
    hostile: (user) => mysqlUser({ user, password: new Secret(Buffer.from(user).toString('hex'), user) }),
  },
  {
    name: 'of the socket',
    machine: 'debian',
    prepare: SERVER,
    task: () => mysqlUser({ user: 'daemon', auth: 'socket' }),
    drift: [{ field: 'auth', by: sh`mariadb -e "ALTER USER daemon@localhost IDENTIFIED BY 'x'"` }],
  },
  {
    name: 'absent',
    machine: 'debian',
    prepare: sh`
      ${SERVER}
      mariadb -e 'CREATE USER gone@localhost'
    `,
    task: () => mysqlUser({ user: 'gone', absent: true }),
    drift: [{ field: 'user', by: sh`mariadb -e 'CREATE USER gone@localhost'` }],
  },
]
