import { user } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase, Refusal } from '../case.ts'

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
  {
    name: 'whose own group is there already',
    machine: 'debian',
    prepare: sh`groupadd contract-grown`,
    task: () => user({ name: 'contract-grown', group: 'contract-grown' }),
    drift: [],
  },
  {
    name: 'with a group of its name that is not asked for',
    machine: 'debian',
    prepare: sh`groupadd contract-named`,
    task: () => user({ name: 'contract-named', groups: ['contract-named'] }),
    drift: [],
  },
]

export const refusals: readonly Refusal[] = [
  {
    name: 'another number: its files would change hands',
    machine: 'debian',
    prepare: sh`useradd -M -u 5101 contract-fixed`,
    task: () => user({ name: 'contract-fixed', uid: 5102 }),
    reason: /contract-fixed has the uid 5101.*usermod -u 5102 contract-fixed/,
  },
  {
    name: 'another primary group',
    machine: 'debian',
    prepare: sh`useradd -M -g daemon contract-grouped`,
    task: () => user({ name: 'contract-grouped', group: 'adm' }),
    reason: /contract-grouped has the group daemon.*usermod -g adm contract-grouped/,
  },
]
