import { lineInFile } from '../../../lib/resources/index.ts'
import { sh } from '../../../lib/shell/sh.ts'
import type { ContractCase } from '../case.ts'
import { HOSTILE } from '../host.ts'

const FOLDER = '/srv/contract/lines'
const PATH = `${FOLDER}/sshd_config`
const rootLogin = { path: PATH, line: 'PermitRootLogin no', match: '^#?PermitRootLogin[[:space:]]' }

export const cases: readonly ContractCase[] = [
  {
    name: 'in the place of others',
    machine: 'debian',
    prepare: sh`
      mkdir -p ${FOLDER}
      printf 'Port 22\\n#PermitRootLogin yes\\nPermitRootLogin yes\\nBanner none\\n' > ${PATH}
      chmod 0600 ${PATH}
    `,
    task: () => lineInFile(rootLogin),
    drift: [{ field: 'line', by: sh`sed -i 's/^PermitRootLogin no/PermitRootLogin yes/' ${PATH}` }],
    hostile: (name) => lineInFile({ path: `${FOLDER}/${name}`, line: `x${name}` }),
  },
  {
    name: 'absent among hostile lines',
    machine: 'debian',
    prepare: sh`mkdir -p ${FOLDER}; printf '%s\\n' ${HOSTILE} gone last > ${`${FOLDER}/hostile`}`,
    task: () => lineInFile({ path: `${FOLDER}/hostile`, line: 'gone', absent: true }),
    drift: [{ field: 'line', by: sh`echo gone >> ${`${FOLDER}/hostile`}` }],
  },
]
