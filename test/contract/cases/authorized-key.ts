import { authorizedKey } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import { ECDSA, ED25519, OTHER_ED25519 } from '../../support/keys.ts'
import type { ContractCase } from '../case.ts'

const HOME = '/home/key-holder'
const FOLDER = `${HOME}/.ssh`
const FILE = `${FOLDER}/authorized_keys`
const user = 'key-holder'

const makeUser = sh`
  [ -d ${HOME} ] || useradd -m -d ${HOME} -g nogroup ${user}
  rm -rf ${FOLDER}
`

/** A line that is kept with its quotes and blanks. */
const COMMAND = `from="10.0.0.0/8",command="echo \\"it's\\" $(id) \`id\`"`

export const cases: readonly ContractCase[] = [
  {
    name: 'alone, with a command',
    machine: 'debian',
    prepare: makeUser,
    task: () =>
      authorizedKey({
        user,
        keys: [`${ED25519} me`, `${ECDSA} it's $(me)`],
        options: COMMAND,
        exclusive: true,
      }),
    drift: [
      {
        field: 'key1',
        by: sh`sed -i 's/10.0.0.0/0.0.0.0/;3q' ${FILE}; sed -i '2s/0.0.0.0/10.0.0.0/' ${FILE}`,
      },
      { field: 'key2', by: sh`sed -i '/ecdsa/d' ${FILE}` },
      { field: 'others', by: sh`echo ${OTHER_ED25519} >> ${FILE}` },
      { field: 'folder', by: sh`chmod 0770 ${FOLDER}` },
      { field: 'file', by: sh`chown root ${FILE}` },
    ],
  },
  {
    name: 'absent among others',
    machine: 'rpm',
    prepare: sh`
      ${makeUser}
      mkdir ${FOLDER}
      { echo '# a comment'; echo ${ECDSA}; echo ${`no-pty ${ED25519} me`}; } > ${FILE}
    `,
    task: () => authorizedKey({ user, keys: ED25519, absent: true }),
    drift: [{ field: 'key1', by: sh`echo ${ED25519} >> ${FILE}` }],
  },
]
