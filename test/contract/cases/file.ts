import { file } from '../../../lib/resources/index.ts'
import { Secret } from '../../../lib/secret.ts'
import { sh } from '../../../lib/shell/sh.ts'
import { text } from '../../../lib/shell/text.ts'
import type { ContractCase, Refusal } from '../case.ts'

const PATH = '/srv/contract/file'

export const cases: readonly ContractCase[] = [
  {
    name: 'with content, mode and owners',
    machine: 'debian',
    prepare: sh`mkdir -p /srv/contract; echo before > ${PATH}`,
    task: () => file({ path: PATH, content: 'a\n\nb', mode: '2750', owner: 'daemon', group: 'daemon' }),
    drift: [
      // The mode stays as it is: only a chown clears setgid.
      { field: 'content', by: sh`echo drifted > ${PATH}; chmod 2750 ${PATH}` },
      { field: 'mode', by: sh`chmod 0777 ${PATH}` },
      { field: 'owner', by: sh`chown root ${PATH}; chmod 2750 ${PATH}` },
      { field: 'group', by: sh`chgrp root ${PATH}; chmod 2750 ${PATH}` },
    ],
    hostile: (name) => file({ path: `/srv/contract/${name}`, content: name, mode: '0640' }),
  },
  {
    name: 'with a secret',
    machine: 'debian',
    prepare: sh`mkdir -p /srv/contract`,
    task: () => file({ path: `${PATH}.key`, content: text`key ${new Secret('key', `'"$HOME" \\0`)}\n` }),
    drift: [{ field: 'content', by: sh`echo drifted > ${`${PATH}.key`}` }],
  },
  {
    name: 'absent',
    machine: 'debian',
    prepare: sh`mkdir -p /srv/contract; : > ${`${PATH}.gone`}`,
    task: () => file({ path: `${PATH}.gone`, absent: true }),
    drift: [{ field: 'kind', by: sh`ln -s nowhere ${`${PATH}.gone`}` }],
  },
]

export const refusals: readonly Refusal[] = [
  {
    name: 'to take the place of a directory',
    machine: 'debian',
    prepare: sh`mkdir -p ${`${PATH}.folder`}`,
    task: () => file({ path: `${PATH}.folder`, content: 'x' }),
    reason: /folder is there and is no file/,
  },
]
