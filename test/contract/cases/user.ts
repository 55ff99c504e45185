import { user } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'

const NAME = 'contract-user'

export const cases: readonly ContractCase[] = [
  {
    name: 'with a number, groups, a home and a shell',
    machine: 'debian',
    task: () =>
      user({
        name: NAME,
        uid: 5003,
        group: 'daemon',
        groups: ['adm', 'mail'],
        home: '/srv/home',
        shell: '/bin/sh',
      }),
    drift: [
      { field: 'groups', by: sh`gpasswd -d ${NAME} mail` },
      { field: 'home', by: sh`usermod -d /nonexistent ${NAME}` },
      { field: 'shell', by: sh`usermod -s /bin/false ${NAME}` },
    ],
    hostile: (name) => user({ name }),
  },
  {
    name: 'whatever it has',
    machine: 'debian',
    task: () => user({ name: 'contract-any', system: true }),
    drift: [{ field: 'user', by: sh`userdel contract-any` }],
  },
]
